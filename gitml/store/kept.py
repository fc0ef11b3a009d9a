"""Copies of parts that left the spool with a commit, in case history loses the commit."""

import os
import time

from gitml.store import part as part_files
from gitml.store.files import remove_files, write_atomic
from gitml.store.layout import Layout
from gitml.store.lock import hold
from gitml.store.names import opened_at
from gitml.store.part import Part

PURGED = "purged"
"""A file that says that a copy has other bytes than the commit that carried the part."""

DAY = 86_400.0
"""Seconds."""


def keep(layout: Layout, part: Part) -> None:
    """Move a part that a commit carries out of the spool: same name, same bytes. One that is gone already is as good.

    Raises ValueError for the open part, Busy, OSError.
    """
    if part.open:
        raise ValueError(f"part {part.name} is open")
    with hold(layout.lock):
        if not os.path.isdir(part.path):
            return
        os.utime(part.path)  # the age of a copy counts from here
        part_files.move(part, layout.kept)


def bring_back(layout: Layout, name: str) -> None:
    """Move a copy to this work tree's spool, where it waits for the next commit. One that is gone is as good.

    It keeps its name, unless records were purged from it: under that name somebody may still have what it was.
    Raises ValueError where that is not the name of a part, Busy, OSError.
    """
    part = Part(layout.kept, name, layout.worktree)
    with hold(layout.lock):
        if os.path.lexists(_mark(part)):
            remove_files([_mark(part_files.renamed(layout, part))])
        elif os.path.isdir(part.path):
            part_files.move(part, layout.spool)


def mark_purged(part: Part) -> None:
    """Say, durably, that a copy is about to lose records. Raises OSError."""
    write_atomic(_mark(part), b"", 0o600)


def _mark(part: Part) -> str:
    return os.path.join(part.path, PURGED)


def names(layout: Layout) -> "list[str]":
    """The names of all copies, oldest first."""
    return [part.name for part in part_files.listed(layout.kept, "")]


def expire(layout: Layout, days: float, now: "float | None" = None) -> "list[str]":
    """Remove copies older than ``days``, by the later of when the part was opened and when it left the spool.

    ``now`` in seconds since 1970. Returns the names removed. Raises Busy, OSError.
    """
    oldest = (time.time() if now is None else now) - days * DAY
    if not os.path.isdir(layout.kept):
        return []
    with hold(layout.lock):
        part_files.sweep_gone(layout.kept)
        # No copy is older than its name says: the days that are not listed hold none that is due.
        last_day = time.strftime("%Y%m%d", time.gmtime(oldest))
        old = [part for part in part_files.listed(layout.kept, "", last_day=last_day) if _born(part) < oldest]
        for part in old:
            part_files.remove(part)
    return [part.name for part in old]


def _born(part: Part) -> float:
    return max(opened_at(part.name), os.stat(part.path).st_mtime)
