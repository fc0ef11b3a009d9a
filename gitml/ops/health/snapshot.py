"""One look at the disk, as a line of the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gitml.model import jsonl, times

KINDS = ("transcripts", "raw", "tracked", "git", "logs", "state")
"""What is told apart. ``state`` is what gitml keeps in the git directory besides raw copies and logs."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Bytes on disk at ``timestamp`` (RFC 3339): ``total`` of all, ``kinds`` one by one; ``available`` and ``disk``
    (its size) of the disk they fill; how many ``sessions`` the agents keep; what was thought of it (``level``).

    ``migrated``: another tool took it, whose total is of other things. ``line`` is the bytes it was read from, which
    may hold more. None, or no entry, where a line does not say.
    """

    timestamp: str
    total: int
    kinds: dict[str, int] = field(default_factory=dict)
    available: int | None = None
    disk: int | None = None
    sessions: int | None = None
    level: str = ""
    migrated: bool = False
    line: bytes = b""

    @property
    def time(self) -> float:
        """Seconds since 1970."""
        return times.millis(self.timestamp) / 1000

    def to_dict(self) -> dict[str, Any]:
        """Keys: timestamp, those of ``KINDS``, total available disk sessions level."""
        whole = {"total": self.total, "available": self.available, "disk": self.disk, "sessions": self.sessions}
        return {"timestamp": self.timestamp, **self.kinds, **whole, "level": self.level}


def parse(line: bytes) -> Snapshot:
    """A line of the history. Raises ValueError, which says what is wrong with it."""
    try:
        found = jsonl.decode(line)
    except ValueError:
        raise ValueError("not JSON, or cut off") from None
    if not isinstance(found, dict):
        raise ValueError("no object")
    timestamp, total = times.normal(found.get("timestamp")), _octets(found.get("total"))
    if not timestamp or not times.millis(timestamp):
        raise ValueError("no timestamp")
    if total is None:
        raise ValueError("no total")
    kinds = {kind: octets for kind in KINDS if (octets := _octets(found.get(kind))) is not None}
    about = {key: _octets(found.get(key)) for key in ("available", "disk", "sessions")}
    return Snapshot(
        timestamp,
        total,
        kinds,
        **about,
        level=str(found.get("level", "")),
        migrated=found.get("migrated") is True,
        line=line,
    )


def _octets(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None
