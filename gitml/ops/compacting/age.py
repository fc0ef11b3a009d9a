"""Which parts are old enough to be folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.errors import BadUsage
from gitml.model import times
from gitml.ops.reading import when
from gitml.store.names import is_part, opened_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.ops.context import Context

KEY = "compact_min_age"


def cutoff(context: Context, older_than: str | None, now: float) -> str:
    """The timestamp before which a part must have been opened; ``now`` in seconds since 1970. Raises BadUsage."""
    if older_than is not None:
        return when.parse(older_than, now)
    try:
        return when.parse(str(context.config.get(KEY)), now)
    except BadUsage as error:
        where = context.layout.config
        raise BadUsage(f"{KEY}: {error.what}", where=where, hint=f"edit {where}") from None


def old_enough(names: Iterable[str], limit: str) -> list[str]:
    """The parts among the names that were opened by then, oldest first."""
    most = times.millis(limit) / 1000
    return sorted(name for name in names if is_part(name) and opened_at(name) <= most)
