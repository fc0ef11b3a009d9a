"""Temporary files of killed processes. The start of every session takes them away, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.ops.cleaning.gone.part import remove
from gitml.store import leftovers

if TYPE_CHECKING:
    from gitml.ops.cleaning.gone.part import Look
    from gitml.ops.cleaning.item import Item
    from gitml.ops.context import Context

GONE = "a killed process left it half written"


def look(looking: Look) -> Iterator[Item]:
    """Every one of them, young ones too, which somebody may be writing."""
    for entry in leftovers.found(looking.context.layout):
        status = leftovers.status(entry)
        if status is not None and not entry.path.startswith(looking.gone):
            yield looking.item("halves", entry.path, status, GONE, "", leftovers.AGE)


def take(context: Context, item: Item) -> int:
    """One that is as it was. Raises Changed, OSError."""
    return remove(context, item)
