"""The page of ``gitml health``. Plain ASCII but for the chart: it is what cron mails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.cli.render.chart import chart
from gitml.cli.render.text import count, one_line, pad, size
from gitml.ops.health.health import INSUFFICIENT
from gitml.ops.health.judge import used_percent, when
from gitml.ops.health.snapshot import KINDS

if TYPE_CHECKING:
    from gitml.ops.health.growth import Growth
    from gitml.ops.health.health import Health
    from gitml.ops.health.judge import Full

LABEL = 13
WIDEST = 72
FAR = 120
"""Months beyond which a number would pretend to know."""
YEARS = 24


def page(health: Health, columns: int, blocks: bool) -> Iterator[str]:
    """The lines; ``blocks``: whether the terminal has the chart's characters."""
    room = health.room
    yield f"{health.level}: {size(room.available)} of {size(room.size)} left, {int(used_percent(room))} % used"
    yield from (f"! {one_line(why)}" for _, why in health.reasons)
    if any("the disk" in why for _, why in health.reasons):
        yield "  what is old can go: gitml clean --all-repos"
    yield ""
    yield from _sizes(health)
    yield ""
    yield from _projection(health)
    yield _labelled("captured", _captured(health))
    points = [(snapshot.time, float(snapshot.total)) for snapshot in health.snapshots]
    if len(points) > 1 and points[0][0] < points[-1][0]:
        yield ""
        yield from chart(points, min(columns, WIDEST), blocks)


def _sizes(health: Health) -> Iterator[str]:
    about = {
        "transcripts": f"{count(health.kept.sessions, 'session')} on this machine",
        "git": "objects of this repository",
        "state": "what gitml keeps in the git directory",
    }
    for kind in KINDS:
        if health.now.kinds.get(kind):
            yield _labelled(kind, f"{pad(size(health.now.kinds[kind]), 9, right=True)}  {about.get(kind, '')}".rstrip())
    yield _labelled("together", pad(size(health.now.total), 9, right=True))


def _projection(health: Health) -> Iterator[str]:
    if health.growth is None or health.full is None:
        number = len(health.snapshots)
        yield _labelled("growth", f"{INSUFFICIENT}: {count(number, 'snapshot')}{' within a day' if number > 1 else ''}")
        return
    yield _labelled("growth", _growth(health.growth))
    yield _labelled("disk full", _full(health.full))


def _growth(growth: Growth) -> str:
    said = f"{signed(growth.rate)} a month" if growth.rate > -0.5 else f"shrinks by {size(round(-growth.rate))} a month"
    if round(growth.low) != round(growth.high):
        said += f" ({signed(growth.low)} to {signed(growth.high)})"
    span = f"{growth.days:.0f} days" if growth.days >= 1.5 else "a day"
    return f"{said}, from {growth.snapshots} days with snapshots over {span}{', so a rough guess' * growth.rough}"


def _full(full: Full) -> str:
    if full.months is None:
        maybe = full.soonest is not None and full.soonest < FAR
        return f"never at this pace{f', {span(full.soonest)} at the soonest' if maybe else ''}"
    said = f"in {span(full.months)}"
    if full.soonest is None or span(full.soonest) == span(full.months) == span(full.latest):
        return said
    return f"{said} ({span(full.soonest)} to {span(full.latest)})"


def span(months: float | None) -> str:
    """``less than a month``, ``7 months``, ``3 years``, ``more than 10 years``, ``never``."""
    if months is None:
        return "never"
    if months < 1:
        return "less than a month"
    if months >= FAR:
        return "more than 10 years"
    return count(round(months), "month") if months < YEARS else count(round(months / 12), "year")


def signed(octets: float) -> str:
    """``1.2 MB``, ``-300 kB``."""
    return f"{'-' if octets <= -0.5 else ''}{size(round(abs(octets)))}"


def _captured(health: Health) -> str:
    left = health.kept.uncaptured
    said = f"agents delete transcripts after {count(health.kept.days, 'day')}"
    if not left:
        return f"every session of this repository to its end; {said}"
    are = "session of this repository is" if len(left) == 1 else "sessions of this repository are"
    return f"{len(left)} {are} not, to the end; the first may be deleted {when(left[0].days_left)}: gitml sync"


def _labelled(label: str, text: str) -> str:
    return pad(label, LABEL) + text
