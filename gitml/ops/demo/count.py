"""What the demonstration counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gitml.ops.demo.ways import Way


@dataclass
class Count:
    """What was made on the first machine, and what was found in the clone on the second."""

    what: str
    made: int
    found: int

    @property
    def fits(self) -> bool:
        """Whether nothing is missing and nothing was made up."""
        return self.made == self.found

    def to_dict(self) -> dict[str, Any]:
        """Keys: what made found fits."""
        return {"what": self.what, "made": self.made, "found": self.found, "fits": self.fits}


@dataclass
class Told:
    """How one way's story ended: turns ``recorded``, ``recovered``, seconds of the ``slowest`` hook, all ``counts``."""

    way: Way
    recorded: int
    recovered: int
    slowest: float
    counts: list[Count]

    @property
    def misfits(self) -> list[str]:
        """What does not fit."""
        return [f"{self.way.name}: {count.what}" for count in self.counts if not count.fits]

    def to_dict(self) -> dict[str, Any]:
        """Keys: way kept_from recorded recovered slowest_hook_ms counts."""
        return {
            "way": self.way.name, "kept_from": self.way.kept, "recorded": self.recorded, "recovered": self.recovered,
            "slowest_hook_ms": round(self.slowest * 1000), "counts": [count.to_dict() for count in self.counts],
        }  # fmt: skip
