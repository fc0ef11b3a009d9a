"""What is left in local state of sessions, work trees and processes that are gone. Age is the time since its change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from gitml.ops.cleaning.gone.part import Look
from gitml.store.files import entries

if TYPE_CHECKING:
    from types import ModuleType

    from gitml.ops.cleaning.item import Item, Wanted
    from gitml.ops.context import Context

SORTS = ("cursors", "trees", "numbers", "halves", "locks")
"""Modules of ``gone``, each with a ``look(looking)`` and a ``take(context, item)``."""


OTHERS = ("raw", "logs", "events", "dlq")
"""Folders of local state that have types of their own."""


def places(context: Context) -> list[str]:
    """Everything in local state but what has a type of its own."""
    return [entry.path for entry in entries(context.layout.local) if entry.name not in OTHERS]


def look(context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
    """Everything that may be such a leftover."""
    looking = Look(context, wanted, now)
    for sort in SORTS:
        for item in _module(sort).look(looking):
            yield item
            looking.gone += (item.path + os.sep,) * item.goes


def take(context: Context, item: Item) -> int:
    """One that is still a leftover."""
    freed: int = _module(item.data.sort).take(context, item)
    return freed


def _module(sort: str) -> ModuleType:
    return import_module(f"gitml.ops.cleaning.gone.{sort}")
