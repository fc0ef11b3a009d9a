"""Whatever happens to sessions, in any order: a raw copy that is gone has its digest, or the loss is told."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.digesting import LATER
from support.sweeping import copies, facts, mute, name, session, stocked, swept

from gitml.errors import GitmlError
from gitml.ops.digesting import plan as digesting
from gitml.ops.forgetting import forget, targets
from gitml.ops.lifecycle import marking
from gitml.ops.lifecycle.safety import Safety
from gitml.ops.lifecycle.stages import STAGES
from gitml.ops.record.sync import sync_all
from gitml.ops.retention.policy import DAY, Policy

NUMBERS = st.integers(0, 3)
POLICIES = st.builds(
    Policy,
    st.none() | st.integers(0, 30).map(lambda days: float(days * DAY)),
    st.none() | st.integers(0, 12_000),
    st.none() | st.integers(0, 12_000),
    st.integers(0, 2),
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from([(), ("raw",), ("analyzed",), ("implemented",)]),
)


class Sessions(RuleBasedStateMachine):
    """``turns`` {number: how many a session has} · ``captured``: ids that had a raw copy · ``forgotten`` ids."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.context, self.projects = stocked(self.folder)
        self.now = LATER
        self.turns: dict[int, int] = {}
        self.captured: set[str] = set()
        self.forgotten: set[str] = set()
        self.before: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(number=NUMBERS)
    def goes_on(self, number: int) -> None:
        self.turns[number] = self.turns.get(number, 0) + 1
        session(number, 5 + 7 * number, self.turns[number]).write(self.projects)

    @rule()
    def says_nothing(self) -> None:
        mute(self.projects, 9)

    @rule()
    def sync(self) -> None:
        assert sync_all(self.context, source_dir=str(self.projects)).errors == []

    @rule()
    def digest(self) -> None:
        made = digesting.plan(self.context, self.now)
        assert digesting.apply(self.context, made, self.now).errors == []

    @rule(policy=POLICIES, digest=st.booleans(), remove_all=st.booleans())
    def sweep(self, policy: Policy, digest: bool, remove_all: bool) -> None:
        before = set(copies(self.context))
        active = self._active()
        try:
            report = swept(self.context, self.projects, policy, self.now, digest=digest, remove_all=remove_all)
        except GitmlError:
            assert not remove_all and before <= set(copies(self.context)) | self.forgotten
            return
        assert report.errors == []
        assert {choice.held.session_id for choice in report.plan.order} == set(report.evicted)
        assert not active & set(report.evicted)
        for choice in report.plan.order:
            assert choice.why and (choice.loss or not choice.held.flaw)

    @precondition(lambda self: self.turns)
    @rule(number=NUMBERS)
    def source_goes(self, number: int) -> None:
        for path in self.projects.rglob(f"{name(number)}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.turns.pop(number, None)

    @rule(number=NUMBERS)
    def forget(self, number: int) -> None:
        try:
            chosen = targets.by_session(self.context, name(number))
        except GitmlError:
            return
        forget.apply(self.context, forget.plan(self.context, chosen, self.now))
        self.forgotten.add(name(number))

    @rule(number=NUMBERS, stage=st.sampled_from(STAGES))
    def mark(self, number: int, stage: str) -> None:
        record = marking.plan(self.context, name(number), stage, self.now, force=True, by="a person")
        if record is not None:
            marking.apply(self.context, record)

    @rule(days=st.integers(0, 20))
    def time_goes_by(self, days: int) -> None:
        self.now += days * DAY

    @rule()
    def clock_goes_back(self) -> None:
        self.now -= DAY / 2

    @invariant()
    def nothing_is_gone_without_a_digest(self) -> None:
        here = set(copies(self.context))
        self.captured |= here
        gone = self.captured - here - self.forgotten
        told, lost = set(facts(self.context, "evicted")), set(facts(self.context, "data_loss"))
        assert gone <= told
        safety = Safety(self.context, self.now)
        sessions = {str(record["session_id"]): record for record in safety.sessions}
        for session_id in gone - lost:
            assert session_id in sessions and safety.flaw(sessions[session_id]) == ""

    def _active(self) -> set[str]:
        safety = Safety(self.context, self.now)
        return {str(record["session_id"]) for record in safety.sessions if safety.active(record)}


TestSessions = Sessions.TestCase
Sessions.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
