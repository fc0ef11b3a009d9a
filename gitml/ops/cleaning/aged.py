"""Types whose files go by their age alone, and lie in one folder of local state with no others below it: logs (age is
the time since the last line), dead letters (since the last of a day).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.ops.cleaning.ages import words
from gitml.ops.cleaning.item import Item
from gitml.store import reclaiming
from gitml.store.files import entries

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.context import Context


class Aged:
    """One of them; ``kind`` is what the folder is called, too."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def stays(self, name: str, now: float) -> str:
        """Why a file of that name stays in any case; "" where it may go."""
        return ""

    def places(self, context: Context) -> list[str]:
        """What the type takes."""
        return [self._folder(context)]

    def look(self, context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
        """What lies in the folder, by name; goes what was not changed for as long. Raises BadUsage, OSError."""
        limit = wanted.limit(context.config, self.kind)
        for entry in entries(self._folder(context)):
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield self._item(entry, status, limit, wanted, now)

    def take(self, context: Context, item: Item) -> int:
        """Delete one, if it is as it was: whoever adds to it changes it. Raises Changed, OSError."""
        return reclaiming.remove(self._folder(context), item.subject, item.data)

    def _folder(self, context: Context) -> str:
        return os.path.join(context.layout.local, self.kind)

    def _item(self, entry: os.DirEntry[str], status: os.stat_result, limit: float, wanted: Wanted, now: float) -> Item:
        age = max(0.0, now - status.st_mtime)
        why = _no_file(status) or self.stays(entry.name, now)
        if not why and age < limit:
            why = f"changed {words(age)} ago, kept for {words(limit)}"
        if why:
            return Item(self.kind, entry.name, entry.path, reclaiming.size(entry.path), age, False, why)
        freed, seen = wanted.reckoning.of(status), reclaiming.stamp_of(status)
        return Item(self.kind, entry.name, entry.path, freed, age, True, f"not changed for {words(age)}", seen)


LOGS, DLQ = Aged("logs"), Aged("dlq")


def _no_file(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a link, which is not followed"
    return "" if stat.S_ISREG(status.st_mode) else "not a file"
