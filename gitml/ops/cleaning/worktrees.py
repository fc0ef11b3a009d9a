"""Agents' work trees: what is merged and pushed, and nobody is in. Removed by ``git worktree remove``, which is never
forced, so that git looks once more.

The spool of one that goes stays where it is; the next commit elsewhere adopts it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gitml.errors import GitmlError
from gitml.git import dirt
from gitml.git import worktrees as known
from gitml.git.landed import HEADS
from gitml.git.run import run
from gitml.ops.cleaning import transcripts
from gitml.ops.cleaning.ages import words
from gitml.ops.cleaning.item import Item
from gitml.ops.cleaning.transcripts import Transcripts
from gitml.ops.cleaning.trees import Trees, is_gone, is_used
from gitml.ops.cleaning.whose import Whose
from gitml.ops.persist import state as own
from gitml.store import reclaiming
from gitml.store.files import remove_files
from gitml.store.reclaiming import Changed, Reckoning

if TYPE_CHECKING:
    from gitml.git.worktrees import Linked
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.cleaning.trees import Verdict
    from gitml.ops.context import Context

SECONDS = 3600.0
"""For git to delete what may be gigabytes."""


class Planned(NamedTuple):
    """What a plan rests on. ``newest``: when anything in it was changed last, seconds since 1970."""

    git_dir: str
    newest: float
    limit: float
    now: float


def look(context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
    """Every agent's work tree of this clone, by its name. Raises BadUsage, GitmlError, OSError."""
    limit = wanted.limit(context.config, "worktrees")
    whose = Whose(context, now)
    trees = Trees(context, transcripts.of(wanted), limit, now)
    for tree in known.linked(context.where.common_dir):
        if not whose.is_agents(tree.root):
            continue
        try:
            verdict = trees.judge(tree)
        except (GitmlError, OSError) as error:  # the others may go
            yield Item("worktrees", tree.name, tree.root, 0, 0.0, False, f"it cannot be looked at: {error}")
            continue
        planned = Planned(tree.git_dir, verdict.measured.newest, limit, now)
        yield _item(tree, verdict, wanted.reckoning, planned)


def take(context: Context, item: Item) -> int:
    """Look again, then let git remove it, and its branch where that is merged. Raises GitmlError, OSError."""
    planned: Planned = item.data
    tree = next((one for one in known.linked(context.where.common_dir) if one.git_dir == planned.git_dir), None)
    if tree is None:
        return 0
    verdict = Trees(context, Transcripts(), planned.limit, planned.now).judge(tree)
    if verdict.why:
        raise Changed(verdict.why, where=tree.root)
    if tree.root != item.path or verdict.measured.newest != planned.newest:
        raise Changed("changed since it was looked at", where=tree.root, hint="run it again")
    freed = verdict.measured.freed(Reckoning())
    with _undisturbed():
        asked = ("worktree", "remove", tree.root)
        run(context.where.root, *asked, options=dirt.SEES_ALL, reading=False, timeout=SECONDS)
    if os.path.lexists(tree.root) or os.path.lexists(tree.git_dir):
        raise GitmlError("git left something of it", where=tree.root)
    if verdict.merged:
        _delete(context, verdict.branch, verdict.commit)
    _forget(context, tree)
    return freed


def _delete(context: Context, branch: str, commit: str) -> None:
    """A merged branch, if it still is where it was. ``git branch -d`` asks the branch's upstream, or else whatever is
    checked out, and not the default branch: what it keeps for that goes all the same."""
    kept = run(_main(context), "branch", "-d", "--", branch, reading=False, check=False).code
    if kept and not is_used(context, branch):
        gone = run(_main(context), "update-ref", "-d", HEADS + branch, commit, reading=False, check=False)
        if not gone.code:
            run(_main(context), "config", "--remove-section", f"branch.{branch}", reading=False, check=False)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C, which reaches git, too, waits: of a work tree that is half gone nobody could tell that it was clean."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _item(tree: Linked, verdict: Verdict, reckoning: Reckoning, planned: Planned) -> Item:
    path = tree.root or tree.git_dir
    if verdict.why:
        return Item("worktrees", tree.name, path, verdict.measured.bytes, verdict.age, False, verdict.why)
    freed = verdict.measured.freed(reckoning)
    return Item("worktrees", tree.name, path, freed, verdict.age, True, _why(tree, verdict), planned)


def _why(tree: Linked, verdict: Verdict) -> str:
    if is_gone(tree):
        return "its folder is gone"
    why = f"merged, not changed for {words(verdict.age)}"
    if not verdict.branch:
        return why
    return f"{why}; its branch {verdict.branch} {'goes' if verdict.merged else 'stays'}"


def _main(context: Context) -> str:
    """Where git compares a branch with what is checked out before it deletes it."""
    main = os.path.dirname(context.where.common_dir)
    return main if os.path.isdir(os.path.join(main, ".git")) else context.where.root


def _forget(context: Context, tree: Linked) -> None:
    """What gitml noted under the work tree's name, which another one may get: rides that are over, the last commit of
    its own. Not the spool."""
    layout = context.layout.of(tree.name)
    reclaiming.remove(layout.local, os.path.join("riding", tree.name))
    remove_files([own.lock(layout), own.lock(layout).removesuffix(".lock") + ".json"])
