"""The commit a compaction becomes, and the branch it goes onto where the default branch is protected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitml.errors import BadUsage, Busy, NothingHere
from gitml.git import committing, grafting
from gitml.git.run import GitFailed, run
from gitml.store.layout import DATA

if TYPE_CHECKING:
    from gitml.ops.compacting.compact import Compacted
    from gitml.ops.compacting.plan import Plan
    from gitml.ops.context import Context

_OURS = re.compile(r"gitml: compact(?: \d+ parts?)?")


class Source:
    """The ``commit`` of the default branch to compact, and what to say about the choice."""

    __slots__ = ("commit", "notes")

    def __init__(self, commit: str, notes: list[str]) -> None:
        self.commit = commit
        self.notes = notes


def message(plan: Plan) -> str:
    """The one line of the commit."""
    number = len(plan.parts)
    return f"gitml: compact {number} part{'' if number == 1 else 's'}" if number else "gitml: compact"


def commit(context: Context, plan: Plan, index: str) -> str:
    """Commit the plan on top of what it was made from, without touching a ref. Returns its id. Raises GitFailed."""
    root = context.where.root
    committing.ids_of(root, list(plan.files.values()), write=True)
    tree = committing.tree(root, plan.tip.commit, plan.changes, index)
    return committing.commit(root, tree, plan.tip.commit, message(plan))


def source(context: Context, name: str) -> Source:
    """The default branch as this clone knows it: its local branch or what the remote had when last fetched, whichever
    is ahead; the remote's where both went on. Raises NothingHere."""
    local, remote = _tip(context, f"refs/heads/{name}"), _tip(context, _upstream(context, name))
    if not local and not remote:
        raise NothingHere(f"there is no branch {name}", where=context.where.root, hint=f"git fetch origin {name}")
    if not remote or local == remote or (local and _inside(context, remote, local)):
        return Source(local, [])
    if not local or _inside(context, local, remote):
        return Source(remote, [])
    return Source(remote, [f"{name} and its remote have both gone on: the remote's is compacted"])


def replaceable(context: Context, name: str) -> str:
    """The id of an earlier compaction that the branch holds and that may be replaced; "" where there is no such branch.

    Raises BadUsage where the branch holds anything else, is checked out, or the name is none.
    """
    root, ref = context.where.root, f"refs/heads/{name}"
    if run(root, "check-ref-format", ref, check=False).code:
        raise BadUsage(f"`{name}` is no name for a branch", hint="gitml compact --branch gitml/compact")
    old = _tip(context, ref)
    if not old:
        return ""
    listed = run(root, "worktree", "list", "--porcelain").out.decode("utf-8", "surrogateescape").split("\n")
    if f"branch {ref}" in listed:
        raise BadUsage(f"branch {name} is checked out", where=root, hint="name another branch")
    said = run(root, "log", "-1", "--format=%s", old).out.decode("utf-8", "replace").strip()
    if not _OURS.fullmatch(said) or _touched_more(context, old):
        raise BadUsage(f"branch {name} holds more than an earlier compaction", where=root, hint="name another branch")
    return old


def onto(context: Context, done: Compacted, name: str, old: str, index: str) -> None:
    """Commit the plan and let the branch point at it. Raises Busy where somebody moved the branch, GitFailed."""
    new = commit(context, done.plan, index)
    done.branch = name
    if old and _same(context, old, new):
        done.commit = old
        done.notes.append(f"branch {name} holds this compaction already")
        return
    move(context, f"refs/heads/{name}", new, old or grafting.nothing(new), done.plan)
    done.commit = new
    if old:
        done.notes.append(f"branch {name} held an earlier compaction, {old[:9]}; push it with --force-with-lease")


def move(context: Context, ref: str, new: str, old: str, plan: Plan) -> None:
    """Move a ref from ``old`` to the plan's commit. Raises Busy where it is elsewhere by now."""
    root = context.where.root
    try:
        grafting.move(root, ref, new, old, message(plan))
    except GitFailed as error:
        raise Busy(f"{ref} moved in the meantime", where=root, hint="run the command again") from error


def _same(context: Context, one: str, other: str) -> bool:
    """Whether two commits have one tree and one parent."""
    told = run(context.where.root, "log", "--no-walk", "--format=%T %P", one, other).out.split(b"\n")[:-1]
    return len(set(told)) == 1


def _touched_more(context: Context, commit: str) -> bool:
    """Whether a commit changes anything outside the records. In a shallow clone its parent may be missing."""
    if run(context.where.root, "rev-parse", "--verify", "--quiet", f"{commit}^", check=False).code:
        return False
    out = run(context.where.root, "diff-tree", "-r", "--name-only", "-z", f"{commit}^", commit).out
    return any(not path.startswith(f"{DATA}/tracked/".encode()) for path in out.split(b"\0")[:-1])


def _upstream(context: Context, name: str) -> str:
    out = run(context.where.root, "for-each-ref", "--format=%(upstream)", f"refs/heads/{name}").out
    return out.decode("utf-8", "surrogateescape").strip() or f"refs/remotes/origin/{name}"


def _tip(context: Context, ref: str) -> str:
    return run(context.where.root, "rev-parse", "--verify", "--quiet", ref, check=False).out.decode().strip()


def _inside(context: Context, older: str, newer: str) -> bool:
    return run(context.where.root, "merge-base", "--is-ancestor", older, newer, check=False).code == 0
