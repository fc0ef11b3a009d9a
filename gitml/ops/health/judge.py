"""Green, yellow or red, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitml.ops.health.growth import Growth

if TYPE_CHECKING:
    from gitml.config import Config
    from gitml.ops.health.cleanup import Kept
    from gitml.ops.health.measure import Room

GREEN, YELLOW, RED = "green", "yellow", "red"
LEVELS = (GREEN, YELLOW, RED)
"""By their exit code."""

Reason = tuple[str, str]
"""(level, why)"""


@dataclass(frozen=True, slots=True)
class Full:
    """Months until the disk is full at this pace; ``soonest`` and ``latest`` by the ends of the growth's interval.
    None: never."""

    months: float | None
    soonest: float | None
    latest: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Keys: months soonest latest."""
        return {key: _rounded(getattr(self, key)) for key in ("months", "soonest", "latest")}


def full(available: int, growth: Growth) -> Full:
    """When what is ``available`` (bytes) is used up."""
    return Full(_months(available, growth.rate), _months(available, growth.high), _months(available, growth.low))


def reasons(config: Config, room: Room, growth: Growth | None, kept: Kept) -> list[Reason]:
    """What is not as it should be, the worst first."""
    found = [
        *_by_share(config, room),
        *_by_time(config, room, growth),
        *_by_cleanup(config, kept),
    ]
    return sorted(found, key=lambda reason: -LEVELS.index(reason[0]))


def level(reasons: list[Reason]) -> str:
    """The worst of them; green where there is none."""
    return reasons[0][0] if reasons else GREEN


def used_percent(room: Room) -> float:
    """How much of the disk is used, as this user sees it: 100 where nothing is available."""
    return 100 - 100 * room.available / room.size if room.size else 0.0


def _by_share(config: Config, room: Room) -> Iterator[Reason]:
    used = used_percent(room)
    for name in (RED, YELLOW):
        limit = config.get(f"health.{name}_percent")
        if used >= limit:
            yield name, f"{int(used)} % of the disk is used, {limit} or more is {name}"
            return


def _by_time(config: Config, room: Room, growth: Growth | None) -> Iterator[Reason]:
    months = full(room.available, growth).months if growth is not None else None
    if growth is None or months is None:
        return
    for name in (RED, YELLOW):
        limit = config.get(f"health.{name}_months")
        if months < limit:  # a line through a few days is enough to look closer, not to raise an alarm
            level = YELLOW if growth.rough else name
            yield level, f"the disk is full within {limit} {'month' if limit == 1 else 'months'} at this pace"
            return


def _by_cleanup(config: Config, kept: Kept) -> Iterator[Reason]:
    limit = config.get("health.cleanup_days")
    soon = [one for one in kept.uncaptured if one.days_left < limit]
    if soon:
        are = "session is" if len(soon) == 1 else "sessions are"
        yield YELLOW, f"{len(soon)} {are} not captured to the end and may be deleted {when(soon[0].days_left)}"


def when(days_left: float) -> str:
    """``at the agent's next start``, ``within a day``, ``within 6 days``."""
    if days_left <= 0:
        return "at the agent's next start"
    return "within a day" if days_left <= 1 else f"within {int(days_left) + 1} days"


def _months(available: int, rate: float) -> float | None:
    return available / rate if rate > 0 else None


def _rounded(months: Any) -> float | None:
    return None if months is None else round(months, 1)
