"""The rules by which sessions stay, in restic's manner: each keeps some, and what any rule keeps, stays.

A day or a week counts where a session was last active in it, by UTC; the newest session of it is the one that is kept.
Days and weeks in which nothing happened do not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitml.ops.retention.held import Held
    from gitml.ops.retention.policy import Policy


def reasons(sessions: Sequence[Held], policy: Policy) -> dict[str, list[str]]:
    """{uid: why it stays} of those that some rule keeps."""
    newest = sorted(sessions, key=lambda held: (held.last, held.uid), reverse=True)
    found: dict[str, list[str]] = defaultdict(list)
    for held in newest[: policy.keep_last]:
        found[held.uid].append(f"among the last {policy.keep_last}")
    for name, most, of in (("day", policy.keep_daily, _day), ("week", policy.keep_weekly, _week)):
        for bucket, held in _first_of(newest, most, of).items():
            found[held.uid].append(f"the last of the {name} {bucket}")
    for held in newest:
        if held.stage in policy.keep_stage:
            found[held.uid].append(f"it is {held.stage}")
    return dict(found)


def _first_of(newest: Sequence[Held], most: int, of: Callable[[float], str]) -> dict[str, Held]:
    """The first session of each bucket, of the first ``most`` buckets."""
    found: dict[str, Held] = {}
    for held in newest if most else ():
        found.setdefault(of(held.last), held)
        if len(found) > most:
            found.popitem()
            break
    return found


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _week(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%G-W%V")
