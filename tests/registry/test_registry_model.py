"""The registry against a model, whatever is done in whatever order, while the clocks jump."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.registering import opened

from gitml.errors import GitmlError
from gitml.ops.registry import register as registering
from gitml.ops.registry import signs
from gitml.ops.registry.book import Book
from gitml.ops.registry.caller import Caller
from gitml.ops.registry.holder import IDLE_SECONDS, TIMEOUT
from gitml.ops.registry.roster import Roster
from gitml.store.heartbeats import Moment

SESSIONS = [f"s-{n}" for n in range(5)]
SPANS = st.sampled_from([1, 60, IDLE_SECONDS - 1, IDLE_SECONDS, TIMEOUT - 1, TIMEOUT, 8 * 3600])


class Registry(RuleBasedStateMachine):
    """The model: {number: who had it last, and whether it is held}, and when each last gave a sign, by a clock that
    never jumps and by the one that people set."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gitml-registry-"))
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=self.folder, check=True)
        self.context = opened(self.folder)
        self.true, self.set_by, self.boot = 1_000_000.0, 0.0, 1
        self.boot_at = 0.0
        self.slots: dict[int, dict[str, object]] = {}

    def teardown(self) -> None:
        shutil.rmtree(getattr(self, "folder", "/nonexistent"), ignore_errors=True)

    @property
    def now(self) -> Moment:
        return Moment(1.7e9 + self.true + self.set_by, self.true - self.boot_at, f"boot-{self.boot}")

    def gone(self, slot: dict[str, object], timeout: float = TIMEOUT) -> bool:
        """Whether nobody has heard of them for so long: by the true time of one boot, else by what the clock said."""
        then = slot["seen"]
        assert isinstance(then, Moment)
        same = then.boot == self.now.boot
        return max(self.now.steady - then.steady if same else self.now.wall - then.wall, 0.0) >= timeout

    def held(self) -> dict[int, dict[str, object]]:
        return {number: slot for number, slot in self.slots.items() if slot["held"] and not self.gone(slot)}

    def reaped(self, timeout: float = TIMEOUT) -> None:
        for slot in self.slots.values():
            slot["held"] = slot["held"] and not self.gone(slot, timeout)

    def had(self, session: str) -> int:
        """Which number the session holds, else had."""
        mine = [
            (not slot["held"], -float(str(slot["since"])), n)
            for n, slot in self.slots.items()
            if slot["who"] == session
        ]
        return min(mine)[2] if mine else 0

    @rule(
        session=st.sampled_from(SESSIONS),
        number=st.sampled_from([0, 0, 0, 1, 2, 3]),
        role=st.sampled_from(["", "a", "b"]),
    )
    def register(self, session: str, number: int, role: str) -> None:
        """One's own, the one that was asked for, or the lowest free one; refused where another holds it."""
        caller, asked = Caller("claude", session), registering.Asked("a test", str(self.folder), number, role)
        self.reaped()
        own = self.had(session)
        lowest = next(n for n in range(1, 99) if n not in self.held())
        wanted = number or own or lowest
        there = self.slots.get(wanted)
        if there is not None and there["held"] and there["who"] != session:
            with pytest.raises(GitmlError, match="is taken"):
                registering.register(self.context, caller, asked, now=self.now)
            return
        got = registering.register(self.context, caller, asked, now=self.now).holder
        before = self.slots.get(own) if own else None
        left = there if number and there is not None else before
        kept = str(left["role"]) if left is not None else ""
        kept = kept or (str(before["role"]) if before is not None else "")
        assert (got.number, got.role) == (wanted, role or kept or "main")
        mine = before is not None and own == wanted and before["held"]
        since = before["since"] if mine and before is not None else self.now.wall
        for slot in self.slots.values():
            slot["held"] = slot["held"] and slot["who"] != session
        self.slots[wanted] = {"who": session, "held": True, "seen": self.now, "role": got.role, "since": since}

    @rule(session=st.sampled_from(SESSIONS))
    def beat(self, session: str) -> None:
        """A sign keeps who holds a number from going; nobody else can give one."""
        number = next((n for n, slot in self.held().items() if slot["who"] == session), 0)
        if not number:
            with pytest.raises(GitmlError):
                signs.give(self.context, Caller("claude", session), now=self.now)
            return
        assert [one.number for one in signs.give(self.context, Caller("claude", session), now=self.now)] == [number]
        self.slots[number]["seen"] = self.now

    @rule(session=st.sampled_from(SESSIONS))
    def end(self, session: str) -> None:
        """One's number is free."""
        registering.end(self.context, Caller("claude", session), "a test", now=self.now)
        for slot in self.slots.values():
            slot["held"] = slot["held"] and slot["who"] != session

    @rule(timeout=st.sampled_from([0.0, 600.0, float(TIMEOUT)]), dry_run=st.booleans())
    def reap(self, timeout: float, dry_run: bool) -> None:
        """Exactly those without a sign for so long."""
        expected = sorted(n for n, slot in self.slots.items() if slot["held"] and self.gone(slot, timeout))
        gone, _ = registering.reap(self.context, "a test", timeout, dry_run, self.now)
        assert [one.number for one in gone] == expected
        if not dry_run:
            self.reaped(timeout)

    @rule(seconds=SPANS)
    def time_goes_by(self, seconds: float) -> None:
        self.true += seconds

    @rule(seconds=st.sampled_from([-30 * 86400, -3600, 3600, 400 * 86400]))
    def somebody_sets_the_clock(self, seconds: float) -> None:
        """Nobody becomes stale by it, as long as the machine is not started again."""
        before = set(self.held())
        self.set_by += seconds
        assert {n for n in before if self.slots[n]["seen"].boot == self.now.boot} <= set(self.held())  # type: ignore[attr-defined]

    @precondition(lambda self: self.true > self.boot_at)
    @rule()
    def restart(self) -> None:
        self.boot, self.boot_at = self.boot + 1, self.true

    @invariant()
    def all_fits(self) -> None:
        """Who holds which number, in which state; no session holds two."""
        if not hasattr(self, "slots"):
            return
        book = Book(self.context.layout, self.now)
        found = {one.number: one.session_id for one in book.all if one.held}
        assert found == {n: slot["who"] for n, slot in self.held().items()}
        assert len(set(found.values())) == len(found)
        roster = Roster(book.all)
        for session in SESSIONS:
            assert roster.active_session("claude", session) == (session in found.values())
        for one in book.all:
            assert (one.state == "idle") == (one.held and self.gone(self.slots[one.number], IDLE_SECONDS))


Registry.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestRegistry = Registry.TestCase
