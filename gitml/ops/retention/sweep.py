"""``gitml sweep``: take sessions in, keep raw copies, make digests, evict. One failure does not stop the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from gitml.errors import BadUsage, GitmlError, NothingHere
from gitml.ops.digesting import plan as digesting
from gitml.ops.record.sync import sync_all
from gitml.ops.retention import evicting
from gitml.ops.retention import plan as planning
from gitml.ops.retention.gather import gather
from gitml.store.lock import hold
from gitml.store.raw import kept

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.retention.plan import Plan
    from gitml.ops.retention.policy import Policy

LOCK_SECONDS = 10.0
Progress = Callable[[str, int, int], None]
"""Told what is done, how many are behind us, of how many."""


class Wanted:
    """One sweep. ``source``: a folder of transcripts to take in, in place of the agents' own · ``digest``: whether
    sessions are digested before the caps ask for it · ``remove_all``: whether nothing may be left · ``now`` in
    seconds."""

    __slots__ = ("digest", "now", "policy", "remove_all", "source")

    def __init__(
        self, policy: Policy, now: float, *, source: str | None = None, digest: bool = True, remove_all: bool = False
    ) -> None:
        self.policy = policy
        self.now = now
        self.source = source
        self.digest = digest
        self.remove_all = remove_all


class Report:
    """``sessions`` looked at · ``captured``: raw copies written · ``digested``: ids of sessions with a new digest ·
    ``plan`` · ``evicted``: ids, in the order they went · ``freed`` bytes · ``errors``, a line each."""

    __slots__ = ("captured", "digested", "errors", "evicted", "freed", "plan", "sessions")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sessions = 0
        self.captured = 0
        self.digested: list[str] = []
        self.evicted: list[str] = []
        self.freed = 0
        self.errors: list[str] = []

    def to_dict(self) -> dict[str, Any]:
        """Keys: sessions captured digested plan evicted data_loss freed errors."""
        return {
            "sessions": self.sessions,
            "captured": self.captured,
            "digested": self.digested,
            "plan": self.plan.to_dict(),
            "evicted": self.evicted,
            "data_loss": [choice.held.session_id for choice in self.plan.order if choice.loss],
            "freed": self.freed,
            "errors": self.errors,
        }


def look(context: Context, wanted: Wanted) -> Report:
    """What a sweep would do with what is in the store now. Takes nothing in and changes nothing. Raises GitmlError
    where nothing would be left, OSError."""
    made = planning.plan(gather(context, wanted.now), wanted.policy, wanted.now)
    planning.check(made, remove_all=wanted.remove_all)
    return Report(made)


def sweep(context: Context, wanted: Wanted, progress: Progress) -> Report:
    """All of it. Raises Busy where another sweep runs, GitmlError where nothing would be left, NothingHere for a
    ``source`` that is no folder, OSError."""
    with hold(os.path.join(context.layout.local, "sweep.lock"), LOCK_SECONDS):
        return _Sweep(context, wanted, progress).run()


class _Sweep:
    def __init__(self, context: Context, wanted: Wanted, progress: Progress) -> None:
        self.context = context
        self.wanted = wanted
        self.progress = progress
        self.report = Report(planning.plan([], wanted.policy, wanted.now))

    def run(self) -> Report:
        self._step(self._finish)
        self._step(self._take_in)
        tried = self._digest() if self.wanted.digest else frozenset()
        self._plan(tried)
        while waiting := [choice.held for choice in self.report.plan.order if choice.analyze]:
            self._make([held.session_id for held in waiting])
            tried |= {held.uid for held in waiting}
            self._plan(tried)
        planning.check(self.report.plan, remove_all=self.wanted.remove_all)
        self._step(self._evict)
        return self.report

    def _step(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (BadUsage, NothingHere):  # no such folder: that is no failure on the way
            raise
        except (GitmlError, OSError) as error:
            self.report.errors.append(str(error))

    def _finish(self) -> None:
        self.report.evicted += evicting.finish(self.context)
        kept.sweep(self.context.layout)

    def _take_in(self) -> None:
        def told(done: int, all: int) -> None:
            self.progress("Reading sessions", done, all)

        found = sync_all(self.context, source_dir=self.wanted.source, progress=told)
        self.report.sessions, self.report.captured = found.sessions, found.captured
        self.report.errors += found.errors

    def _digest(self) -> frozenset[str]:
        """All that need one. Returns the uids of those that have none that stands for them all the same."""
        self._make(None)
        return frozenset(held.uid for held in gather(self.context, self.wanted.now) if held.flaw)

    def _make(self, named: list[str] | None) -> None:
        def told(done: int, all: int) -> None:
            self.progress("Making digests", done, all)

        if not self.context.config.records("digests"):
            return
        made = digesting.plan(self.context, self.wanted.now, named=named)
        done = digesting.apply(self.context, made, self.wanted.now, told)
        self.report.digested += [str(digest["session_id"]) for digest in done.made]
        self.report.errors += done.errors

    def _plan(self, tried: Collection[str]) -> None:
        self.report.plan = planning.plan(
            gather(self.context, self.wanted.now, tried), self.wanted.policy, self.wanted.now
        )

    def _evict(self) -> None:
        gone, self.report.freed = evicting.apply(self.context, self.report.plan.order, self.wanted.now)
        self.report.evicted += gone
