"""When a compaction must not run here, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.errors import GitmlError, NothingHere
from gitml.git import committing, default_branch, head, progress, staging
from gitml.git.run import run
from gitml.ops.compacting.tip import TRACKED
from gitml.ops.riding.journal import LIVE
from gitml.store.layout import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.ops.compacting.plan import Plan
    from gitml.ops.context import Context

RISK = "branches that compact on their own conflict in the base files when they are merged"


def name_of_default(context: Context) -> str:
    """The default branch: what the config says, else what git's files tell. Raises GitmlError where nobody knows."""
    said = str(context.config.get("default_branch"))
    name = said or default_branch.find(context.where.root, context.where.common_dir)[0]
    if not name:
        hint = f"set default_branch in {DATA}/config.toml"
        raise GitmlError("nobody knows which branch is the default", where=context.where.root, hint=hint)
    return name


def check_branch(context: Context, *, force: bool) -> list[str]:
    """Whether this is the branch to compact on; with ``force`` what may happen is returned. Raises GitmlError."""
    here, wanted = head.branch(context.where.git_dir), name_of_default(context)
    if here == wanted:
        return []
    standing = f"on branch {here}" if here else "on no branch (detached HEAD)"
    if force:
        return [f"{standing}, not on {wanted}: {RISK}"]
    hint = f"git switch {wanted}  # or: gitml compact --branch NAME"
    raise GitmlError(f"{standing}; only {wanted} is compacted: {RISK}", where=context.where.root, hint=hint)


def check_level(context: Context, *, force: bool) -> list[str]:
    """Whether the branch has all that was last fetched of its upstream, another clone's compaction for one; with
    ``force`` what may happen is returned. Raises GitmlError."""
    asked = run(context.where.root, "rev-list", "--count", "HEAD..@{upstream}", check=False)
    if asked.code or not int(asked.out):
        return []
    standing = "the branch lacks what was fetched of its upstream"
    if force:
        return [f"{standing}: {RISK}"]
    raise GitmlError(f"{standing}: {RISK}", where=context.where.root, hint="git pull")


def check_state(context: Context) -> None:
    """That nothing of git's own is going on in this work tree, and it holds the store. Raises GitmlError."""
    root = context.where.root
    if progress.in_progress(context.where.git_dir):
        raise GitmlError("a merge, rebase or the like is in progress", where=root, hint="git status")
    if staging.left_out(root, TRACKED):
        hint = f"git sparse-checkout add {DATA}  # or: gitml compact --branch NAME"
        raise GitmlError(f"this sparse checkout leaves {DATA} out", where=root, hint=hint)


def check_older(context: Context) -> None:
    """That no base file holds lines of an older layout: of several with one id only one would be left. Raises
    GitmlError."""
    from gitml.ops.migrating import moving

    found = moving.files(context.layout)
    if found:
        where = os.path.relpath(found[0], context.where.root)
        raise GitmlError("it holds lines of an older layout", where=where, hint="gitml migrate; git commit")


def commit_of(context: Context, revision: str) -> str:
    """The id of the commit a name stands for. Raises NothingHere where there is none, or none with a store."""
    root = context.where.root
    found = run(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", check=False).out.decode().strip()
    if not found or run(root, "cat-file", "-e", f"{found}:{TRACKED}", check=False).code:
        hint = "gitml init; git commit" if revision == "HEAD" else None
        raise NothingHere(f"{revision} holds no records", where=root, hint=hint)
    return found


def check_clean(context: Context, plan: Plan) -> None:
    """That no file which would be replaced or removed has changes of its own. Raises GitmlError."""
    command = ("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignored", "--", TRACKED)
    out = run(context.where.root, *command).out.decode("utf-8", "surrogateescape")
    changed = sorted(entry[3:] for entry in out.split("\0") if entry)
    mine = [path for path in changed if path in plan.changes or _is_base(path)]
    mine = sorted(set(mine) - in_place(context, plan)) if mine else []
    if mine:
        what = f"has changes that no commit has{f' (and {len(mine) - 1} more)' if mine[1:] else ''}"
        raise GitmlError(what, where=mine[0], hint="git commit  # or git restore --staged --worktree " + mine[0])


def in_place(context: Context, plan: Plan) -> set[str]:
    """The plan's paths that index and work tree have as it wants them: a compaction that was staged before."""
    held, there = staging.staged(context.where.root, TRACKED), files(context.where.root, plan.changes)
    return {path for path, blob in plan.changes.items() if held.get(path, "") == blob == there.get(path, "")}


def files(root: str, paths: Iterable[str]) -> dict[str, str]:
    """The blob ids of the regular files there. Raises GitFailed."""
    full = {path: os.path.join(root, path) for path in paths}
    regular = [path for path, file in full.items() if os.path.isfile(file) and not os.path.islink(file)]
    return dict(zip(regular, committing.ids_of(root, [full[path] for path in regular], write=False), strict=True))


def _is_base(path: str) -> bool:
    """Base or archive; what is in ``live`` and not folded may wait for a commit as it likes."""
    return not path.startswith(LIVE + "/") and os.path.basename(path).endswith((".jsonl", ".jsonl.gz"))
