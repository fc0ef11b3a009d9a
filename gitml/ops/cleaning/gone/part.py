"""What the sorts of ``--state`` have in common."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from gitml.ops.cleaning.ages import words
from gitml.ops.cleaning.item import Item
from gitml.store import reclaiming
from gitml.store.footprint import Survey

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.context import Context
    from gitml.store.reclaiming import Stamp


class Leftover(NamedTuple):
    """An item's ``data``: which module it is of, and the stamp of what was looked at."""

    sort: str
    seen: Stamp


class Look:
    """One look at the state of one clone: ``limit`` in seconds, ``now`` in seconds since 1970 · ``gone``: folders that
    go, with all in them."""

    __slots__ = ("context", "gone", "limit", "now", "wanted")

    def __init__(self, context: Context, wanted: Wanted, now: float) -> None:
        self.context = context
        self.wanted = wanted
        self.limit = wanted.limit(context.config, "state")
        self.now = now
        self.gone: tuple[str, ...] = ()

    def item(self, sort: str, path: str, status: os.stat_result, gone: str, needed: str, least: float = 0.0) -> Item:
        """``gone``: why it may go once it is older than the limit, and than ``least`` seconds; ``needed``: why it stays
        in any case, or "". A folder is as old as the youngest file in it, and one without any is old enough: what was
        cut off while it was deleted is deleted the next time."""
        changed, empty = _changed(path, status)
        age, limit = max(0.0, self.now - changed), 0.0 if empty else max(self.limit, least)
        subject = reclaiming.below(self.context.layout.local, path)
        why = needed or (f"{gone}, changed {words(age)} ago, kept for {words(limit)}" if age < limit else "")
        if why:
            return Item("state", subject, path, reclaiming.size(path), age, False, why)
        freed, data = self.wanted.reckoning.tree(path), Leftover(sort, reclaiming.stamp_of(status))
        return Item("state", subject, path, freed, age, True, gone, data)


def _changed(path: str, status: os.stat_result) -> tuple[float, bool]:
    """(seconds since 1970, whether it is a folder without any file)."""
    if not stat.S_ISDIR(status.st_mode):
        return status.st_mtime, False
    files = [below.st_mtime for _, below in Survey().walk(path) if not stat.S_ISDIR(below.st_mode)]
    return max(files, default=status.st_mtime), not files


def remove(context: Context, item: Item) -> int:
    """Delete it, if it is the one that was looked at. Raises Changed, OSError."""
    return reclaiming.remove(context.layout.local, item.subject, item.data.seen)
