"""What the registry still knows of sessions that ended, or were found inactive: their numbers are free, and whoever
takes one over may take role and goal with it, for a while.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.ops.cleaning.gone.part import remove
from gitml.ops.registry.book import Book
from gitml.store import registry
from gitml.store.heartbeats import moment_at

if TYPE_CHECKING:
    from gitml.ops.cleaning.gone.part import Look
    from gitml.ops.cleaning.item import Item
    from gitml.ops.context import Context
    from gitml.ops.registry.holder import Holder


def look(looking: Look) -> Iterator[Item]:
    """Every number that the registry knows. Its file was written last when its holder was found to be gone."""
    layout = looking.context.layout
    for number, holder in Book(layout, moment_at(looking.now)).holders.items():
        path = registry.path(layout, number)
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            continue
        yield looking.item("numbers", path, status, f"its session is over: {holder.why}", _needed(holder))


def take(context: Context, item: Item) -> int:
    """One that nobody took since: that takes the lock, which is held here. Raises Changed, GitmlError, OSError."""
    number = int(os.path.basename(item.path).removesuffix(registry.SUFFIX))
    entry = registry.load(context.layout)[0].get(number)
    if entry is not None and not (entry.get("ended_at") or entry.get("marked_inactive_at")):
        raise GitmlError("somebody took that number", where=item.path)
    return remove(context, item)


def _needed(holder: Holder) -> str:
    if holder.held:
        return f"its session is {holder.state}"
    return "its session is not marked inactive yet (gitml session reap)" if holder.stale else ""
