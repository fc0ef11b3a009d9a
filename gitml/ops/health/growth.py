"""How fast something grows: a line through all snapshots that no single one can tilt."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate, combinations, pairwise
from math import sqrt
from typing import Any

DAY = 86_400.0
MONTH = 365.2425 / 12 * DAY
"""Seconds of a mean month."""

WINDOW = 180 * DAY
"""What counts of the past: how fast it grew before that says little of what comes."""
AT_LEAST = 10
"""Days with a snapshot, even where some lie before the window."""
ROUGH = 7 * DAY
"""A history shorter than this sees no weekend: its line is told as rough."""
Z = 1.645
"""Standard deviations that 90 % lie within."""

Point = tuple[float, float]
"""(seconds, bytes)"""


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes a month: ``rate``, and the 90 % confidence interval from ``low`` to ``high``. ``snapshots`` is how many
    days had one, ``days`` how many lie between the first and the last."""

    rate: float
    low: float
    high: float
    snapshots: int
    days: float

    @property
    def rough(self) -> bool:
        """Whether the history is too short to rely on."""
        return self.days * DAY < ROUGH

    def to_dict(self) -> dict[str, Any]:
        """Keys: bytes_per_month low high snapshots days rough."""
        rates = {"bytes_per_month": round(self.rate), "low": round(self.low), "high": round(self.high)}
        return {**rates, "snapshots": self.snapshots, "days": round(self.days, 1), "rough": self.rough}


def growth(points: list[Point], now: float) -> Growth | None:
    """Theil and Sen's estimate: the median of the slopes between any two days, each day weighing as much as the time
    it stands for. The interval is Sen's (1968, by the variance of Kendall's statistic).

    ``points`` by time. None where there are fewer than two, or less than a day lies between them.
    """
    chosen = _chosen(points, now)
    if len(chosen) < 2 or chosen[-1][0] - chosen[0][0] < DAY:
        return None
    slopes = sorted(_slopes(chosen))
    sums = list(accumulate(weight for _, weight in slopes))
    spread = _spread(len(chosen))
    low, rate, high = (_quantile(slopes, sums, share) * MONTH for share in (0.5 - spread, 0.5, 0.5 + spread))
    return Growth(rate, low, high, len(chosen), (chosen[-1][0] - chosen[0][0]) / DAY)


def _chosen(points: list[Point], now: float) -> list[Point]:
    """The last of each day, of the window, or more where those are few; none of a time that has not come."""
    days = list({point[0] // DAY: point for point in points if point[0] <= now}.values())
    recent = [point for point in days if point[0] >= now - WINDOW]
    return recent if len(recent) >= AT_LEAST else days[-AT_LEAST:]


def _slopes(points: list[Point]) -> list[tuple[float, float]]:
    """(bytes a second, weight) of every pair."""
    weighed = list(zip(points, _weights([time for time, _ in points]), strict=True))
    return [
        ((later[1] - earlier[1]) / (later[0] - earlier[0]), one * other)
        for (earlier, one), (later, other) in combinations(weighed, 2)
    ]


def _weights(moments: list[float]) -> list[float]:
    """The time each stands for: half the way to its neighbours."""
    gaps = [0.0, *(later - earlier for earlier, later in pairwise(moments)), 0.0]
    return [before + after for before, after in pairwise(gaps)]


def _spread(count: int) -> float:
    """How far from the median, as a share of all pairs, the interval's ends lie."""
    deviation = sqrt(count * (count - 1) * (2 * count + 5) / 18)
    return min(0.5, Z * deviation / (count * (count - 1)))


def _quantile(slopes: list[tuple[float, float]], sums: list[float], share: float) -> float:
    """The slope below which ``share`` of the weight lies; in the middle of two where it falls between them."""
    wanted = share * sums[-1]
    at = min(bisect_left(sums, wanted * (1 - 1e-12)), len(slopes) - 1)
    even = abs(sums[at] - wanted) <= 1e-12 * sums[-1] and 0 < share < 1 and at + 1 < len(slopes)
    return (slopes[at][0] + slopes[at + 1][0]) / 2 if even else slopes[at][0]
