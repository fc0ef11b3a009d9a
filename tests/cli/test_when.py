"""Points in time as people write them."""

from __future__ import annotations

import pytest

from gitml.errors import BadUsage
from gitml.model import times
from gitml.ops.reading.when import parse

NOW = times.millis("2026-11-20T15:00:00.000Z") / 1000


@pytest.mark.parametrize(
    ("text", "end", "found"),
    [
        ("2026-11-20", False, "2026-11-20T00:00:00.000Z"),
        ("2026-11-20", True, "2026-11-20T23:59:59.999Z"),
        ("2026-11-20T15:00:00+01:00", True, "2026-11-20T14:00:00.000Z"),
        ("today", False, "2026-11-20T00:00:00.000Z"),
        ("yesterday", True, "2026-11-19T23:59:59.999Z"),
        ("90m", False, "2026-11-20T13:30:00.000Z"),
        ("7d", True, "2026-11-13T15:00:00.000Z"),
        ("2w", False, "2026-11-06T15:00:00.000Z"),
    ],
)
def test_times(text: str, end: bool, found: str) -> None:
    """Days begin at midnight UTC and, as an end, last to their last millisecond; ages count back from now."""
    assert parse(text, NOW, end=end) == found


@pytest.mark.parametrize("text", ["", "soon", "7", "2026-13-01", "20", "-7d", "7y", "9999999d"])
def test_rubbish_is_refused(text: str) -> None:
    """What is no time is never taken for one: a range to forget hangs on it."""
    with pytest.raises(BadUsage):
        parse(text, NOW)
