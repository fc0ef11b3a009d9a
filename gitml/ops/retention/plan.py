"""Which raw copies go: pure, the clock an argument. What is done about it is in ``sweep``.

Passes, in order, each over the oldest first, and never over a session that is active:

1. age: what is older than the policy allows, if its digest stands for it and no rule keeps it.
2. soft cap: the same sessions, until what is left fits.
3. hard cap, until what is left fits: those with a digest; then those without, which are analyzed first; then, of
   either, what a rule would keep; last, what could not be analyzed, and that is a loss of data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gitml.errors import GitmlError
from gitml.ops.retention.held import Held, Room
from gitml.ops.retention.keeping import reasons
from gitml.ops.retention.policy import DAY, Policy

AGE, SOFT, HARD = "age", "soft_cap", "hard_cap"
ACTIVE, KEEP, UNANALYZED, FITS = "active", "keep", "unanalyzed", "fits"


class Choice(NamedTuple):
    """What becomes of one session. ``rule``: what decided, a word; ``why`` in words; ``freed`` bytes, at its turn;
    ``analyze``: a digest must be made first, and if that fails the plan does not hold; ``loss``: nothing is left."""

    held: Held
    evict: bool
    rule: str
    why: str
    freed: int = 0
    analyze: bool = False
    loss: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Keys: session_id action (keep, evict) rule why freed analyze data_loss."""
        return {
            "session_id": self.held.session_id,
            "action": "evict" if self.evict else "keep",
            "rule": self.rule,
            "why": self.why,
            "freed": self.freed,
            "analyze": self.analyze,
            "data_loss": self.loss,
        }


class Plan(NamedTuple):
    """``choices``: every session, the oldest first · ``order``: those that go, in the order they go · ``before`` and
    ``after``: bytes on disk · ``short``: which caps are not met because of what is not analyzed, or not at all ·
    ``notes``: which soft cap is not met because of what is active or kept by a rule."""

    choices: list[Choice]
    order: list[Choice]
    before: int
    after: int
    short: list[str]
    notes: list[str]

    @property
    def leaves_nothing(self) -> bool:
        """Whether every raw copy there is would go."""
        return bool(self.choices) and len(self.order) == len(self.choices)

    def to_dict(self) -> dict[str, Any]:
        """Keys: sessions bytes_before bytes_after short notes."""
        sessions = [choice.to_dict() for choice in self.choices]
        told = {"short": self.short, "notes": self.notes}
        return {"sessions": sessions, "bytes_before": self.before, "bytes_after": self.after, **told}


def plan(sessions: Iterable[Held], policy: Policy, now: float) -> Plan:
    """What the policy says of these sessions at ``now`` (seconds since 1970). Each is named once, with the reason."""
    planner = _Planner(sessions, policy, now)
    before = planner.room.bytes
    planner.by_age()
    planner.by_soft_cap()
    planner.by_hard_cap()
    choices = [planner.gone.get(held.uid) or planner.stays(held) for held in planner.sessions]
    return Plan(choices, list(planner.gone.values()), before, planner.room.bytes, *planner.missed())


def check(plan: Plan, *, remove_all: bool = False) -> None:
    """Raises GitmlError where nothing would be left, and that was not asked for by ``remove_all``."""
    if plan.leaves_nothing and not remove_all:
        what = f"the policy would remove every raw copy there is ({len(plan.choices)})"
        raise GitmlError(what, hint="set retention.keep_last in config.toml, or --remove-all if that is meant")


class _Planner:
    def __init__(self, sessions: Iterable[Held], policy: Policy, now: float) -> None:
        self.sessions: Sequence[Held] = sorted(sessions, key=lambda held: (held.last, held.uid))
        self.policy = policy
        self.now = now
        self.room = Room(self.sessions)
        self.kept = reasons(self.sessions, policy)
        self.gone: dict[str, Choice] = {}

    def by_age(self) -> None:
        for held in self._free():
            if self._too_old(held):
                self._evict(held, AGE, f"older than {self._days()}")

    def by_soft_cap(self) -> None:
        self._until(self.policy.soft_cap, self._free(), SOFT)

    def by_hard_cap(self) -> None:
        left = (held for held in self.sessions if not held.active and held.uid not in self.gone)
        self._until(self.policy.hard_cap, sorted(left, key=self._cost), HARD)

    def stays(self, held: Held) -> Choice:
        """Why a session is not evicted."""
        rules = self.kept.get(held.uid)
        if held.active:
            return Choice(held, False, ACTIVE, "it may still go on")
        if rules:
            return Choice(held, False, KEEP, "; ".join(rules))
        if held.flaw:
            old = f"older than {self._days()}, but " if self._too_old(held) else ""
            return Choice(held, False, UNANALYZED, f"{old}not analyzed: {held.flaw}")
        return Choice(held, False, FITS, "within its age and the caps")

    def missed(self) -> tuple[list[str], list[str]]:
        """The caps that what is left does not meet: (``short``, ``notes``)."""
        left = [held for held in self.sessions if held.uid not in self.gone]
        active = sum(held.active for held in left)
        kept = sum(not held.active and held.uid in self.kept for held in left)
        rest = len(left) - active - kept
        soft, hard = self._missed("soft cap", self.policy.soft_cap), self._missed("hard cap", self.policy.hard_cap)
        what = f"; {active} active, {kept} kept by a rule, {rest} not analyzed"
        short = [f"{missed}{what}" for missed in (soft * bool(rest), hard) if missed]
        return short, [f"{soft}{what}"] if soft and not rest else []

    def _missed(self, name: str, cap: int | None) -> str:
        if cap is None or self.room.bytes <= cap:
            return ""
        return f"raw copies take {self.room.bytes:,} bytes, above the {name} of {cap:,}"

    def _free(self) -> list[Held]:
        """What may go without asking further: over, analyzed, kept by no rule."""
        bound = self.gone.keys() | self.kept.keys()
        return [held for held in self.sessions if not (held.active or held.flaw or held.uid in bound)]

    def _cost(self, held: Held) -> tuple[bool, bool, bool, float, str]:
        """Over the hard cap, what it costs to lose one: the least goes first."""
        return bool(held.flaw) and held.tried, held.uid in self.kept, bool(held.flaw), held.last, held.uid

    def _until(self, cap: int | None, candidates: Sequence[Held], rule: str) -> None:
        for held in candidates:
            if cap is None or self.room.bytes <= cap:
                return
            why = f"{self.room.bytes:,} bytes are above the {rule.replace('_', ' ')} of {cap:,}"
            self._evict(held, rule, why)

    def _evict(self, held: Held, rule: str, why: str) -> None:
        loss = bool(held.flaw) and held.tried
        analyze = bool(held.flaw) and not held.tried
        more = f"; not analyzed: {held.flaw}" if loss else "; it is analyzed first" * analyze
        self.gone[held.uid] = Choice(held, True, rule, why + more, self.room.drop(held), analyze, loss)

    def _too_old(self, held: Held) -> bool:
        return self.policy.max_age is not None and self.now - held.last > self.policy.max_age

    def _days(self) -> str:
        return f"{(self.policy.max_age or 0) / DAY:g} days"
