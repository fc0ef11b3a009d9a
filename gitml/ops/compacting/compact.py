"""``gitml compact``: plan, then put in place, commit, or commit onto a branch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitml.errors import Busy, GitmlError
from gitml.git import head
from gitml.git.run import run
from gitml.ops.compacting import branching, journal, placing, refusing
from gitml.ops.compacting.plan import Plan, Wanted, plan
from gitml.ops.riding.settle import settle
from gitml.store.files import TEMPORARY, entries, make_dirs, remove_files
from gitml.store.lock import hold
from gitml.store.trees import remove_tree

if TYPE_CHECKING:
    from gitml.ops.compacting.folding import Progress
    from gitml.ops.context import Context

LOCK_SECONDS = 10.0
"""Another gitml holds the lock for milliseconds, an import for some seconds."""


class Compacted:
    """What was done: the ``plan``, the ``commit`` it became ("" where none was made), the ``branch`` that has it, and
    ``notes`` for people; ``staged``: all of it was staged before, and nothing was left to do."""

    __slots__ = ("branch", "commit", "notes", "plan", "staged")

    def __init__(self, plan: Plan, notes: list[str]) -> None:
        self.plan = plan
        self.notes = notes
        self.commit = ""
        self.branch = ""
        self.staged = False


def compact(
    context: Context, wanted: Wanted, progress: Progress, *, commit: bool, force: bool, dry_run: bool
) -> Compacted:
    """Fold old parts of HEAD into the base, in work tree and index; with ``commit`` in a commit of that alone.

    Raises GitmlError where it must not run here, NothingHere, Busy, BadUsage, GitFailed, OSError.
    """
    notes = refusing.check_branch(context, force=force) + refusing.check_level(context, force=force)
    refusing.check_state(context)
    refusing.check_older(context)
    with _alone(context) as scratch:
        if not dry_run:
            notes += _healed(context)
        found = plan(context, refusing.commit_of(context, "HEAD"), wanted, scratch, progress)
        done = Compacted(found, notes)
        if found:
            refusing.check_clean(context, found)
            done.staged = not commit and len(refusing.in_place(context, found)) == len(found.changes)
        if found and not dry_run and not done.staged:
            _apply(context, done, commit)
    return done


def compact_onto(context: Context, name: str, wanted: Wanted, progress: Progress, *, dry_run: bool) -> Compacted:
    """Compact what the default branch's tip has, and commit that onto a new branch. Work tree and index stay as they
    are, whatever is checked out. Raises as ``compact`` does, BadUsage where the branch is somebody's."""
    refusing.check_older(context)
    source = branching.source(context, refusing.name_of_default(context))
    with _alone(context) as scratch:
        old = branching.replaceable(context, name)
        done = Compacted(
            plan(context, refusing.commit_of(context, source.commit), wanted, scratch, progress), source.notes
        )
        if done.plan and not dry_run:
            branching.onto(context, done, name, old, os.path.join(scratch, "index"))
    return done


@contextmanager
def _alone(context: Context) -> Iterator[str]:
    """An empty folder to work in, while no other compaction runs in this clone."""
    layout = context.layout
    scratch = os.path.join(layout.compact, "scratch")
    with hold(os.path.join(layout.local, "compact.lock"), LOCK_SECONDS):
        with hold(layout.lock, LOCK_SECONDS):
            settle(context)
        _clear(layout.compact)
        make_dirs(scratch)
        try:
            yield scratch
        finally:
            remove_tree(scratch)


def _clear(folder: str) -> None:
    """All that another run left but the journals."""
    for entry in entries(folder):
        if entry.is_dir(follow_symlinks=False):
            remove_tree(entry.path)
        elif entry.name.endswith(TEMPORARY):
            remove_files([entry.path])


def _healed(context: Context) -> list[str]:
    with hold(context.layout.lock, LOCK_SECONDS):
        return ["a compaction that was cut off is mended"] if placing.heal(context) else []


def _apply(context: Context, done: Compacted, commit: bool) -> None:
    root, made = context.where.root, done.plan
    new = _committed(context, made) if commit else ""
    with hold(context.layout.lock, LOCK_SECONDS):
        if run(root, "rev-parse", "HEAD").out.decode().strip() != made.tip.commit:
            raise Busy("HEAD moved in the meantime", where=root, hint="run the command again")
        refusing.check_state(context)
        refusing.check_clean(context, made)
        journal.write(context.layout, placing.moves(made))
        try:
            if new:
                branching.move(context, "HEAD", new, made.tip.commit, made)
                done.commit, done.branch = new, head.branch(context.where.git_dir)
            placing.put(context, made)
        except (GitmlError, OSError):
            placing.heal(context)
            raise
        journal.drop(context.layout)


def _committed(context: Context, made: Plan) -> str:
    index = os.path.join(context.layout.compact, "scratch", "index")
    return branching.commit(context, made, index)
