"""A small chart of something over time, of block characters or of plain ASCII."""

from __future__ import annotations

from bisect import bisect_right

from gitml.cli.render.text import pad, size
from gitml.model import times

ROWS, LABEL = 6, 9
DAY = 86_400
BLOCKS, PLAIN = " ▁▂▃▄▅▆▇█", " .:#"
"""How full a character cell is, from nothing to all of it."""

Point = tuple[float, float]
"""(seconds since 1970, bytes)"""


def chart(points: list[Point], columns: int, blocks: bool) -> list[str]:
    """The lines of the chart, from the least to the greatest value; ``points`` by time, of two times at least.

    Between two points the earlier one holds on.
    """
    signs = BLOCKS if blocks else PLAIN
    width = max(8, columns - LABEL - 1)
    values = _sampled(points, width)
    least, greatest = min(values), max(values)
    heights = [_height(value, least, greatest, ROWS * (len(signs) - 1)) for value in values]
    labels = {ROWS - 1: size(round(greatest)), 0: size(round(least)) if least < greatest else ""}
    lines = [
        f"{pad(labels.get(row, ''), LABEL, right=True)} {_row(heights, row, signs)}".rstrip()
        for row in reversed(range(ROWS))
    ]
    return [*lines, " " * (LABEL + 1) + _dates(points[0][0], points[-1][0], width)]


def _sampled(points: list[Point], width: int) -> list[float]:
    """The first value, then what held at the end of each column's time."""
    moments = [time for time, _ in points]
    step = (moments[-1] - moments[0]) / width
    ends = (moments[0] + step * (column + 1) for column in range(1, width - 1))
    return [points[0][1], *(points[bisect_right(moments, end) - 1][1] for end in ends), points[-1][1]]


def _height(value: float, least: float, greatest: float, full: int) -> int:
    """In steps of a cell, 1 to ``full``; half of it where nothing changes."""
    if greatest == least:
        return full // 2
    return 1 + round((value - least) / (greatest - least) * (full - 1))


def _row(heights: list[int], row: int, signs: str) -> str:
    most = len(signs) - 1
    return "".join(signs[min(most, max(0, height - row * most))] for height in heights)


def _dates(first: float, last: float, width: int) -> str:
    shown = 10 if last - first >= 2 * DAY else 16  # "2026-11-20", or with the time
    start, end = (times.of_epoch(time)[:shown].replace("T", " ") for time in (first, last))
    return start + pad(end, width - len(start), right=True) if width >= 2 * len(end) + 1 else end
