"""``gitml verify --repair``: what the findings' steps are, and doing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.ops.verifying.checks import Check, Verified, verify
from gitml.ops.verifying.surgery import Surgery
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.ops.verifying.finding import Step, Subject

ROUNDS = 4
"""What a merge hid shows once it is settled, and what a changed part hid once that is put back: three at most."""


class Repaired:
    """Steps ``done`` (what each says), those that ``failed`` and why, ``saved`` records and dead ``letters`` written,
    and how the store is ``left``."""

    __slots__ = ("done", "failed", "left", "letters", "saved")

    def __init__(self, left: Verified) -> None:
        self.done: list[str] = []
        self.failed: list[str] = []
        self.saved = 0
        self.letters = 0
        self.left = left


def plan(verified: Verified) -> list[Step]:
    """The steps that mend what was found, each once, in the order they must be done."""
    steps = {finding.step.key: finding.step for finding in verified.findings if finding.step is not None}
    return sorted(steps.values(), key=lambda step: step.phase)


def apply(subject: Subject, verified: Verified, now: float, leave_out: frozenset[Check] = frozenset()) -> Repaired:
    """Do the steps, look again, and do what has come to light by that. ``now`` in seconds since 1970.

    Each step holds the lock. One that fails is told, and the others are done; each is whole by itself, so another run
    does what is left.
    """
    repaired = Repaired(verified)
    failed: set[str] = set()
    for _ in range(ROUNDS):
        steps = [step for step in plan(repaired.left) if step.key not in failed]
        if not steps:
            break
        surgery = Surgery(subject.context, now, frozenset(path for step in steps for path in step.paths))
        for step in steps:
            subject.progress(step.says())
            _do(step, surgery, repaired, failed)
        repaired.saved += surgery.saved
        repaired.letters += surgery.letters
        repaired.left = verify(subject, leave_out=leave_out)
    return repaired


def _do(step: Step, surgery: Surgery, repaired: Repaired, failed: set[str]) -> None:
    try:
        with hold(surgery.context.layout.lock):
            step.apply(surgery)
        repaired.done.append(step.says())
    except (GitmlError, OSError) as error:
        failed.add(step.key)
        repaired.failed.append(f"{step.says()}: {error}")
