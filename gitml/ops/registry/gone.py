"""Holders that are gone: what of the registry may be cleaned away, and when.

The file of a number goes when its holder ended or was marked inactive long enough ago; a session that is taken up again
later then gets another number, and nobody can take over role and goal. A number that is held never goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.model import times
from gitml.ops.registry.book import Book
from gitml.store import heartbeats, registry
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.ops.registry.holder import Holder
    from gitml.store.layout import Layout


def gone(layout: Layout, now: float) -> list[tuple[Holder, float]]:
    """(holder, seconds since it ended or was marked inactive) of every number that nobody holds, by number; ``now`` in
    seconds since 1970. Who is gone without having been marked is not among them: ``reap`` marks them first."""
    ended = [(one, one.ended_at or one.marked_at) for one in Book(layout, heartbeats.moment_at(now)).all]
    return [(one, max(now - times.millis(since) / 1000, 0.0)) for one, since in ended if since]


def path(layout: Layout, holder: Holder) -> str:
    """Its file."""
    return registry.path(layout, holder.number)


def forget(layout: Layout, holder: Holder, now: float) -> bool:
    """Remove the file of a number that ``gone`` gave. False where it is another's by now, or held. Raises Busy,
    OSError."""
    with hold(layout.lock):
        today = Book(layout, heartbeats.moment_at(now)).holders.get(holder.number)
        if today is None or today.entry != holder.entry:
            return False
        registry.forget(layout, holder.number)
        return True
