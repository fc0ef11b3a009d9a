"""What the retention policy says of raw copies, and whether it still says so when they go."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from gitml.ops.retention import plan as planning
from gitml.ops.retention.gather import gather
from gitml.ops.retention.plan import Choice

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.lifecycle.safety import Safety
    from gitml.ops.retention.plan import Plan
    from gitml.ops.retention.policy import Policy

FRESH = 10.0
"""Seconds for which a look at the policy holds."""
LAST = "no raw copy would be left (gitml sweep --remove-all)"


class Policed:
    """What the policy says of one clone, looked at as often as it takes to rely on it."""

    def __init__(self, context: Context, said: Policy) -> None:
        self._context = context
        self._said = said
        self._looked = 0.0
        self._going: dict[str, Choice] = {}

    def plan(self, now: float, safety: Safety | None = None) -> Plan:
        """What it says at ``now``; ``safety``: what records say, where that was read just now."""
        made = planning.plan(gather(self._context, now, safety=safety), self._said, now)
        self._going = {choice.held.uid: choice for choice in made.order if not refused(made, choice)}
        self._looked = time.monotonic()
        return made

    def goes(self, choice: Choice) -> bool:
        """Whether it still says so of that very copy: a person may have thought about it for an hour."""
        if time.monotonic() - self._looked > FRESH:
            self.plan(time.time())
        now = self._going.get(choice.held.uid)
        return now is not None and now.held.sha256 == choice.held.sha256


class Planned(NamedTuple):
    """A copy that goes, or stays, and who says so."""

    choice: Choice
    policed: Policed


def refused(made: Plan, choice: Choice) -> str:
    """Why clean leaves to ``gitml sweep`` what the policy would evict."""
    if choice.evict and (choice.analyze or choice.loss):
        return f"not analyzed: {choice.held.flaw} (gitml sweep)"
    return LAST if choice.evict and made.leaves_nothing else ""
