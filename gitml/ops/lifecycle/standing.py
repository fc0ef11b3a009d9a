"""Where each session stands: the fold of its transitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.ops.lifecycle.stages import STAGES, rank
from gitml.ops.reading import views

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.ops.context import Context

Record = dict[str, Any]


class Standing:
    """``stage`` today · ``reached`` {stage: the first time it was reached} · ``notes`` {stage: the newest ones} ·
    ``history``: the transitions, by time · ``facts``: records of raw copies that went, by time · ``evicted_at``: when
    the first did, "" if none."""

    __slots__ = ("evicted_at", "facts", "history", "notes", "reached", "stage")

    def __init__(self) -> None:
        self.stage = STAGES[0]
        self.reached: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.history: list[Record] = []
        self.facts: list[Record] = []
        self.evicted_at = ""

    def take(self, record: Record) -> None:
        """The next record of this session by ``order``."""
        to, when = record.get("to"), str(record.get("timestamp") or "")
        if to in ("evicted", "data_loss"):
            self.facts.append(record)
        if to == "evicted":
            self.evicted_at = self.evicted_at or when
        if rank(to) < 0:
            return
        stage = str(to)
        self.history.append(record)
        self.reached.setdefault(stage, when)
        if record.get("notes"):
            self.notes[stage] = str(record["notes"])
        if rank(to) > rank(self.stage) or record.get("forced") is True:
            self.stage = stage


def standings(context: Context) -> dict[str, Standing]:
    """{session_id: Standing} of every session that the lifecycle stream speaks of."""
    return fold(views.records(context, "lifecycle"))


def fold(lifecycle: Iterable[Record]) -> dict[str, Standing]:
    """The same for records in hand, in any order.

    A transition moves a session forward, or wherever it was forced to; one that would move it back unforced counts
    for nothing. So what two clones did apart comes out the same in both: gitml's own, noted late in one of them, does
    not take back what a person did in the other.
    """
    found: dict[str, Standing] = {}
    for record in sorted(lifecycle, key=order):
        if isinstance(record.get("session_id"), str):
            found.setdefault(record["session_id"], Standing()).take(record)
    return found


def order(record: Record) -> tuple[str, bool, int, str]:
    """By time; at one time what was forced comes last, and of the rest the further stage."""
    forced = record.get("forced") is True
    return str(record.get("timestamp") or ""), forced, rank(record.get("to")), str(record.get("id"))
