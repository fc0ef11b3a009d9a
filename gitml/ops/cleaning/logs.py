"""Local logs: ``logs/``. Age is the time since the last line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.ops.cleaning import aged

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Item, Wanted
    from gitml.ops.context import Context


def places(context: Context) -> list[str]:
    """What it takes."""
    return [context.layout.logs]


def look(context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
    """Every file in it."""
    yield from aged.look("logs", context.layout.logs, wanted.limit(context.config, "logs"), wanted, now)


def take(context: Context, item: Item) -> int:
    """One that nothing was added to since."""
    return aged.take(context.layout.logs, item)
