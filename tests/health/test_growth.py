"""The line through a history, whatever history it is."""

from __future__ import annotations

import json
import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.disk_history import DAY, GB, NOW, Points, assessed, daily, line, steps

from gitml.model.sealed import Sealed
from gitml.ops.health import history
from gitml.ops.health.growth import MONTH, Growth, growth
from gitml.ops.health.judge import GREEN, RED, YELLOW

PER_MONTH = MONTH / DAY


def fit(points: Points) -> Growth:
    found = growth([(NOW - days * DAY, size) for days, size in points], NOW)
    assert found is not None
    return found


@given(st.integers(2, 40), st.integers(-(10**9), 10**9), st.integers(0, 10**12))
def test_a_line_is_found_exactly(days: int, per_day: int, start: int) -> None:
    """Points on a line give its slope, with an interval of no width."""
    found = fit([(days - day, start + day * per_day) for day in range(days + 1)])
    for rate in (found.low, found.rate, found.high):
        assert abs(rate - per_day * PER_MONTH) <= 1e-3 + abs(per_day) * 1e-6 * PER_MONTH


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 10**12)), max_size=40))
def test_the_interval_holds_the_rate(points: list[tuple[int, int]]) -> None:
    """Whatever the points: low, rate, high are in order, and the order of the points' sizes turned round turns them."""
    ordered = sorted((NOW - days * DAY, float(size)) for days, size in dict(points).items())
    found = growth(ordered, NOW)
    if found is None:
        assert len(ordered) < 2
        return
    assert found.low <= found.rate <= found.high
    turned = growth([(time, -size) for time, size in ordered], NOW)
    assert turned is not None and abs(turned.rate + found.rate) <= 1e-6 * abs(found.rate) + 1e-3


def test_outliers_do_not_tilt_it() -> None:
    """A fifth of the days wildly wrong: the estimate stays within a tenth, where least squares would not."""
    dice = random.Random(3)
    points = [(days, size + (200 * GB if dice.random() < 0.2 else 0)) for days, size in daily(90, 10 * GB, GB / 10)]
    assert abs(fit(points).rate - GB / 10 * PER_MONTH) < GB / 100 * PER_MONTH


def test_the_interval_is_one() -> None:
    """Of 300 noisy lines the interval holds the true slope in some 90 %."""
    dice = random.Random(5)
    held = 0
    for _ in range(300):
        found = fit([(29 - day, day * 1e6 + dice.gauss(0, 5e6)) for day in range(30)])
        held += found.low <= 1e6 * PER_MONTH <= found.high
    assert 255 <= held <= 291


def test_many_looks_a_day_count_as_one() -> None:
    """A day with a hundred snapshots does not outvote the others."""
    busy = [(0.5 - second / 86_400, 50 * GB) for second in range(100)]
    plain = daily(30, 10 * GB, GB)
    assert abs(fit([*plain[:-1], *busy, plain[-1]]).rate / fit(plain).rate - 1) < 0.05


def test_recent_pace_counts() -> None:
    """It grew fast for a year, and not at all for the last 200 days."""
    fast = [(days, (560 - days) * GB) for days in range(560, 200, -1)]
    still = [(float(days), 360.0 * GB) for days in range(200, -1, -1)]
    assert fit([*fast, *still]).rate == 0


def test_gaps_are_no_steps(tmp_path: Path) -> None:
    """Two looks a year and a half apart are still a line; its interval cannot be known, so it is the line itself."""
    found = assessed(tmp_path, [(548, 10 * GB), (0, 28 * GB)])
    assert found.growth is not None and abs(found.growth.rate - GB) < GB / 100


def test_levels(tmp_path: Path) -> None:
    """10 GB on 1 TB is green whatever its size; pace and what is left decide."""
    assert assessed(tmp_path, daily(60, 10 * GB, 0)).level == GREEN
    assert assessed(tmp_path, daily(60, 10 * GB, GB / 30), available=200 * GB).level == GREEN
    assert assessed(tmp_path, daily(60, 10 * GB, 2 * GB), available=200 * GB).level == YELLOW
    assert assessed(tmp_path, daily(60, 10 * GB, 10 * GB), available=200 * GB).level == RED
    assert assessed(tmp_path, daily(60, 10 * GB, 0), available=150 * GB).level == YELLOW
    assert assessed(tmp_path, daily(60, 10 * GB, 0), available=49 * GB).level == RED
    assert assessed(tmp_path, [(0, GB)], available=0, size=0).level == GREEN, "a file system that does not say"


def test_three_days_are_no_alarm(tmp_path: Path) -> None:
    """However steep, a line through three days is yellow at most."""
    found = assessed(tmp_path, daily(3, 10 * GB, 50 * GB), available=200 * GB)
    assert found.level == YELLOW and found.growth is not None and found.growth.rough


def test_a_clock_that_went_wrong(tmp_path: Path) -> None:
    """Lines out of order, twice, and from a time that has not come: sorted, the later line of one time counts."""
    right = daily(20, 10 * GB, GB)
    mixed = [*right[10:-1], *right[:10], *right[5:8], right[-1]]
    future = line(NOW + 400 * DAY, 900 * GB)
    found = assessed(tmp_path, mixed, extra=future)
    assert found.growth == assessed(tmp_path, right).growth and found.snapshots[-1] == found.now
    assert found.damage == ["snapshots of a time that has not come, left out: 1"]
    alone = assessed(tmp_path, [(0, GB)], extra=future)
    assert alone.growth is None and len(alone.snapshots) == 1
    twice = line(NOW - 20 * DAY, 777) + line(NOW - 20 * DAY, 10 * GB)
    assert assessed(tmp_path, right, extra=twice).growth == assessed(tmp_path, right).growth


def test_stairs_are_growth(tmp_path: Path) -> None:
    """Nothing for ten days, then 10 GB, again and again: 1 GB a day."""
    found = assessed(tmp_path, steps(90, 10 * GB, 10 * GB, 10)).growth
    assert found is not None and abs(found.rate / (GB * PER_MONTH) - 1) < 0.1


DAMAGE = [b"{", b"[]", b"null", b'{"total": 3}', b'{"timestamp": "2026-11-20T12:00:00.000Z"}', b"\xff\xfe", b"[" * 9999,
          b'{"timestamp": "x", "total": 1}', b'{"timestamp": "2026-11-20T12:00:00.000Z", "total": -1}',
          b'{"timestamp": "2026-11-20T12:00:00.000Z", "total": true}',
          b'{"timestamp": "2026-11-20T12:00:00.000Z", "total": 1e400}']  # fmt: skip


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    """Each is told with its number; the others count as if they were not there."""
    right = daily(20, 10 * GB, GB)
    found = assessed(tmp_path, right, extra=b"\n".join(DAMAGE) + b"\n\n")
    assert found.growth == assessed(tmp_path, right).growth
    path = tmp_path / "history.jsonl"
    numbers = [int(text.removeprefix(f"{path}:").partition(":")[0]) for text in found.damage]
    assert numbers == list(range(21, 21 + len(DAMAGE)))


@given(st.lists(st.tuples(st.integers(-400, 4000), st.integers(0, 86_399)), max_size=60))
def test_thinning(moments: list[tuple[int, int]]) -> None:
    """One a day of what is old, one an hour of the rest; thinned again it stays so, with the newest in it."""
    times = sorted({NOW - days * DAY + seconds for days, seconds in moments})
    snapshots = [history.parse(line(time, 1)) for time in times]
    kept = history.thinned(snapshots, NOW)
    assert history.thinned(kept, NOW) == kept and all(snapshot in snapshots for snapshot in kept)
    assert {snapshot.time // DAY for snapshot in kept} == {time // DAY for time in times}, "a day lost its last one"
    assert kept[-1:] == snapshots[-1:]
    old = [snapshot.time // DAY for snapshot in kept if abs(NOW - snapshot.time) > history.DENSE_DAYS * DAY]
    assert len(old) == len(set(old))


def test_a_year_of_looks_every_ten_minutes(tmp_path: Path) -> None:
    """The file stays small, and what another version wrote into its lines stays in them."""
    path = tmp_path / "state" / "h.jsonl"
    path.parent.mkdir()
    every = (NOW - second for second in range(366 * 86_400, 0, -600))
    path.write_bytes(b"".join(line(time, 1, mood="good") for time in every))
    history.record(str(path), Sealed(line(NOW, 1).rstrip(), "", ""), NOW)
    lines = path.read_bytes().splitlines()
    assert len(lines) < 276 + 90 * 24 + 10 and all(json.loads(one)["mood"] == "good" for one in lines[:-1])
    assert path.stat().st_mode & 0o777 == 0o600
