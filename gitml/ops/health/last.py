"""What the last look found: for ``gitml status``, which takes no look of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitml.ops.health import history
from gitml.ops.health.judge import LEVELS
from gitml.ops.health.place import history_of

if TYPE_CHECKING:
    from gitml.ops.context import Context


def last_look(context: Context, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """What the newest snapshot says: ``level`` ``timestamp`` ``total``; None before the first."""
    path = history_of(context.layout, environ)
    newest = history.newest(path) if path else None
    if newest is None or newest.level not in LEVELS:
        return None
    return {"level": newest.level, "timestamp": newest.timestamp, "total": newest.total}
