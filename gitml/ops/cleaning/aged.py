"""Files that go by their age alone: those that lie in one folder, with no look into others."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gitml.ops.cleaning.ages import words
from gitml.ops.cleaning.item import Item
from gitml.store import reclaiming
from gitml.store.files import entries

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Wanted

Judge = Callable[[str], str]
"""Why a file of that name stays in any case; "" where it may go."""


def look(
    kind: str, folder: str, limit: float, wanted: Wanted, now: float, stays: Judge = lambda name: ""
) -> Iterator[Item]:
    """What lies in ``folder``, by name; goes what was not changed for ``limit`` seconds. Raises OSError."""
    for entry in entries(folder):
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        yield _item(kind, entry, status, limit, wanted, now, stays)


def take(folder: str, item: Item) -> int:
    """Delete one of them, if it is as it was. Raises Changed, OSError."""
    return reclaiming.remove(folder, item.subject, item.data)


def _item(
    kind: str, entry: os.DirEntry[str], status: os.stat_result, limit: float, wanted: Wanted, now: float, stays: Judge
) -> Item:
    age = max(0.0, now - status.st_mtime)
    why = _none_of_ours(status) or stays(entry.name)
    if not why and age < limit:
        why = f"changed {words(age)} ago, kept for {words(limit)}"
    if why:
        return Item(kind, entry.name, entry.path, reclaiming.size(entry.path), age, False, why)
    freed, seen = wanted.reckoning.of(status), reclaiming.stamp_of(status)
    return Item(kind, entry.name, entry.path, freed, age, True, f"not changed for {words(age)}", seen)


def _none_of_ours(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a link, which is not followed"
    return "" if stat.S_ISREG(status.st_mode) else "not a file"
