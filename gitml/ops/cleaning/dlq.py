"""Dead letters: ``dlq/``. Age is the time since the last of a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.ops.cleaning import aged

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Item, Wanted
    from gitml.ops.context import Context


def places(context: Context) -> list[str]:
    """What it takes."""
    return [context.layout.dlq]


def look(context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
    """Every day's file."""
    yield from aged.look("dlq", context.layout.dlq, wanted.limit(context.config, "dlq"), wanted, now)


def take(context: Context, item: Item) -> int:
    """One that nothing was added to since: that takes the lock, which is held here."""
    return aged.take(context.layout.dlq, item)
