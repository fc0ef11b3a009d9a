"""The audit log: ``events/``, a file a day, each gone as a whole once its last line is old enough.

Today's stays whatever is asked: it is what tells of this cleaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.ops.cleaning import aged
from gitml.store import audit

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Item, Wanted
    from gitml.ops.context import Context


def places(context: Context) -> list[str]:
    """What it takes."""
    return [context.layout.events]


def look(context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
    """Every day's file."""
    today = audit.today(now)
    limit = wanted.limit(context.config, "events")

    def stays(name: str) -> str:
        if not audit.is_day(name):
            return "not one of the audit log's files"
        return "today's is written to" if name >= today else ""

    yield from aged.look("events", context.layout.events, limit, wanted, now, stays)


def take(context: Context, item: Item) -> int:
    """One that is not today's by now (a clock may have gone back)."""
    if item.subject >= audit.today():
        raise GitmlError("today's is written to", where=item.path)
    return aged.take(context.layout.events, item)
