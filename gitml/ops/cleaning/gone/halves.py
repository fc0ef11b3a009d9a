"""Temporary files of killed processes. The start of every session takes them away, too."""

from __future__ import annotations

import os
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
    """Every one of them, young ones too, which somebody may be writing. What lies in a folder with a type of its own is
    of that type."""
    layout = looking.context.layout
    others = tuple(os.path.join(folder, "") for folder in (layout.events, layout.logs, layout.dlq))
    for entry in leftovers.found(layout):
        status = leftovers.status(entry)
        if status is not None and not entry.path.startswith((*looking.gone, *others)):
            yield looking.item("halves", entry.path, status, GONE, "", leftovers.AGE)


def take(context: Context, item: Item) -> int:
    """One that is as it was. Raises Changed, OSError."""
    return remove(context, item)
