"""What the last look found: for ``gitml status``, which takes no look of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitml.ops.health import history
from gitml.ops.health.judge import LEVELS, used_percent
from gitml.ops.health.measure import Room
from gitml.ops.health.place import history_of

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.health.snapshot import Snapshot

YELLOW_FROM = "health.yellow_percent"


def last_look(context: Context, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """What the newest snapshot says: ``level`` ``timestamp`` ``total``, and ``short``, whether the disk was as full as
    is yellow; None before the first."""
    path = history_of(context.layout, environ)
    newest = history.newest(path) if path else None
    if newest is None or newest.level not in LEVELS:
        return None
    short = bool(newest.disk) and newest.available is not None and _used(newest) >= context.config.get(YELLOW_FROM)
    return {"level": newest.level, "timestamp": newest.timestamp, "total": newest.total, "short": short}


def _used(snapshot: Snapshot) -> float:
    return used_percent(Room("", snapshot.available or 0, snapshot.disk or 0))
