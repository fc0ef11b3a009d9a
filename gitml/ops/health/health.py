"""One look at the disk, held against the history of earlier looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gitml.errors import Busy
from gitml.model import times
from gitml.ops import stores
from gitml.ops.health import history, judge, measure
from gitml.ops.health.cleanup import Kept, kept
from gitml.ops.health.growth import Growth, growth
from gitml.ops.health.place import history_of
from gitml.ops.health.snapshot import Snapshot
from gitml.redact.gate import seal_state

if TYPE_CHECKING:
    from gitml.config import Config
    from gitml.ops.context import Context
    from gitml.ops.health.measure import Progress, Room

INSUFFICIENT = "insufficient data for projection"


@dataclass(slots=True)
class Health:
    """``now``: this snapshot; ``snapshots``: all of the history up to it, by time. ``warnings``: what keeps the
    history from being written. ``unread``: what could not be measured."""

    now: Snapshot
    room: Room
    kept: Kept
    growth: Growth | None
    reasons: list[judge.Reason]
    snapshots: list[Snapshot]
    path: str | None
    damage: list[str]
    unread: list[str]
    recorded: bool = False
    warning: str = ""

    @property
    def level(self) -> str:
        """green, yellow or red."""
        return self.now.level

    @property
    def full(self) -> judge.Full | None:
        """When the disk is full; None without a projection."""
        return judge.full(self.room.available, self.growth) if self.growth is not None else None

    def to_dict(self) -> dict[str, Any]:
        """What ``gitml health --json`` says; docs/reference.md lists the keys."""
        until = self.full
        return {
            "level": self.level,
            "reasons": [{"level": name, "says": why} for name, why in self.reasons],
            "now": self.now.to_dict(),
            "disk_path": self.room.path,
            "used_percent": round(judge.used_percent(self.room), 1),
            "projection": "growth" if self.growth is not None else INSUFFICIENT,
            "growth": self.growth.to_dict() if self.growth is not None else None,
            "months_until_full": until.to_dict() if until is not None else None,
            "cleanup_days": self.kept.days,
            "uncaptured": [one.to_dict() for one in self.kept.uncaptured],
            "snapshots": len(self.snapshots),
            "history": self.path,
            "recorded": self.recorded,
            "damage": self.damage,
            "unread": self.unread,
        }


def health(
    context: Context, environ: Mapping[str, str], now: float, *, keep: bool = True, progress: Progress | None = None
) -> Health:
    """Measure, compare with the history, judge; with ``keep`` add to the history. A history that cannot be written is
    a ``warning``. Raises OSError where the disk itself cannot be asked.
    """
    sizes, unread = measure.sizes(context, environ, progress)
    found = kept(context, environ, now)
    path = history_of(context.layout, environ)
    before = history.read(path) if path else history.History()
    looked = assess(context.config, _snapshot(sizes, now), measure.room(context, environ), found, before)
    looked.path, looked.unread = path, unread
    if keep:
        stores.note(context, environ)
        _record(looked, now)
    return looked


def assess(config: Config, taken: Snapshot, room: Room, found: Kept, before: history.History) -> Health:
    """What to think of a snapshot; touches nothing."""
    taken = replace(taken, available=room.available, disk=room.size, sessions=found.sessions)
    others = [snapshot for snapshot in before.snapshots if snapshot.timestamp < taken.timestamp]
    ahead = sum(snapshot.timestamp > taken.timestamp for snapshot in before.snapshots)
    damage = before.damage + ([f"snapshots of a time that has not come, left out: {ahead}"] if ahead else [])
    fitted = _growth([one for one in others if not one.migrated] + [taken], taken.time)
    fitted = fitted or _growth([one for one in others if one.migrated], taken.time)
    why = judge.reasons(config, room, fitted, found)
    taken = replace(taken, level=judge.level(why))
    every = [*others, taken]
    return Health(taken, room, found, fitted, why, every, None, damage, [])


def _growth(snapshots: list[Snapshot], now: float) -> Growth | None:
    """Another tool's totals are not of the same things: they count alone, and while there are too few of gitml's."""
    return growth([(one.time, float(one.total)) for one in snapshots], now)


def _snapshot(sizes: dict[str, int], now: float) -> Snapshot:
    return Snapshot(times.of_epoch(now), sum(sizes.values()), sizes)


def _record(looked: Health, now: float) -> None:
    if looked.path is None:
        looked.warning = "no history is kept: neither HOME nor XDG_STATE_HOME is set"
        return
    try:
        history.record(looked.path, seal_state(looked.now.to_dict()), now)
        looked.recorded = True
    except (OSError, Busy) as error:
        looked.warning = f"not added to the history, {looked.path}: {error}"
