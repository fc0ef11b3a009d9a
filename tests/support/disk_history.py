"""Made-up histories of disk use, and what gitml thinks of the day after."""

from __future__ import annotations

import json
import random
from pathlib import Path

from gitml.config import Config
from gitml.model.times import of_epoch
from gitml.ops.health import history
from gitml.ops.health.cleanup import Kept
from gitml.ops.health.health import Health, assess
from gitml.ops.health.measure import Room
from gitml.ops.health.snapshot import Snapshot

DAY = 86_400.0
GB = 10**9
NOW = 1_795_176_000.0
"""2026-11-20T12:00:00Z"""

Points = list[tuple[float, float]]
"""(days before NOW, bytes), the last one being NOW's."""


def line(time: float, total: float, **more: object) -> bytes:
    """A line of the history."""
    return json.dumps({"timestamp": of_epoch(time), "total": round(total), **more}).encode() + b"\n"


def assessed(
    folder: Path, points: Points, *, available: float = 500 * GB, size: float = 1000 * GB, extra: bytes = b"",
    kept: Kept | None = None, config: Config | None = None,
) -> Health:  # fmt: skip
    """All points but the last are written to a history, in the order given, ``extra`` behind them; the last is taken
    now."""
    path = folder / "history.jsonl"
    path.write_bytes(b"".join(line(NOW - days * DAY, total) for days, total in points[:-1]) + extra)
    taken = Snapshot(of_epoch(NOW), round(points[-1][1]), {"transcripts": round(points[-1][1])})
    room = Room(str(folder), round(available), round(size))
    return assess(config or Config(), taken, room, kept or Kept(30, 42, []), history.read(str(path)))


def daily(days: int, start: float, per_day: float, noise: float = 0.0) -> Points:
    """One point a day up to NOW, off the line by up to ``noise``, the same at every run."""
    dice = random.Random(7)
    return [(days - day, start + day * per_day + dice.uniform(-noise, noise)) for day in range(days + 1)]


def steps(days: int, start: float, step: float, every: int) -> Points:
    """Nothing for ``every`` days, then all at once."""
    return [(days - day, start + day // every * step) for day in range(days + 1)]
