"""Capturing many sessions: those a sync has looked at, and those whose transcripts are gone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.agents import registry
from gitml.errors import AdapterFailed, Busy, GitmlError
from gitml.ops import silence
from gitml.ops.digesting.sources import source_of
from gitml.ops.lifecycle.standing import standings
from gitml.ops.raw import unwanted
from gitml.ops.raw.capture import capture, wanted
from gitml.ops.raw.pieces import Pieces
from gitml.ops.redacting.gates import gate_of
from gitml.store import tombstones
from gitml.store.raw import manifests, objects, stale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest


class Report:
    """``captured``: sessions whose copy was written · ``errors``, a line each · ``busy``: how many somebody else was
    at · ``warnings``: of adapters that failed."""

    __slots__ = ("busy", "captured", "errors", "warnings")

    def __init__(self) -> None:
        self.busy = 0
        self.captured = 0
        self.errors: list[str] = []
        self.warnings: list[str] = []


def capture_all(
    context: Context,
    found: Iterable[tuple[Adapter, Source]],
    progress: Callable[[int, int], None] | None = None,
    *,
    timeout: float = 10.0,
) -> Report:
    """Bring the copies of these sessions up to date, then those that are ``mend``'s. One that fails does not stop the
    others. Does nothing where no copies are wanted."""
    if not wanted(context):
        return Report()
    run = _Run(context, timeout)
    sessions = list(found)
    evicted = {name: standing.evicted_at for name, standing in standings(context).items() if standing.evicted_at}
    for done, (adapter, source) in enumerate(sessions):
        if progress is not None:
            progress(done, len(sessions))
        run.one(adapter, source.agent, source.session_id, source, evicted.get(source.session_id, ""))
    run.mend()
    return run.report


def mend(context: Context) -> Report:
    """Bring copies up to date that today's rules, tombstones or silences would have otherwise: from their transcripts,
    and where that cannot be, from the copies themselves. Whole sessions that were forgotten go."""
    run = _Run(context, 10.0)
    if os.path.isdir(context.layout.raw) and objects.available():
        run.mend()
    return run.report


class _Run:
    """One run over many sessions."""

    def __init__(self, context: Context, timeout: float) -> None:
        self.context = context
        self.timeout = timeout
        self.report = Report()
        self.pieces = Pieces(context.layout)

    def one(self, adapter: Adapter, agent: str, session_id: str, source: Source | None, evicted_at: str = "") -> None:
        args = (self.context, adapter, agent, session_id, source)
        try:
            more = capture(*args, timeout=self.timeout, evicted_at=evicted_at, pieces=self.pieces)
            self.report.captured += more
        except Busy:
            self.report.busy += 1  # another process is at this very session; what is left is captured the next time
        except AdapterFailed as error:
            self.report.warnings.append(f"{source.path if source else session_id}: raw copy: {error}")
        except (GitmlError, OSError, ValueError) as error:
            if isinstance(error, FileNotFoundError) and source is not None and source.gone:
                return  # cleaned away since it was found
            self.report.errors.append(f"{source.path if source else session_id}: raw copy: {error}")

    def mend(self) -> None:
        """Twice, because neither tombstones nor manifests say that a failing disk kept one of them back; the second
        time finds nothing to do."""
        for _ in range(2):
            self._mend()
        if not self.report.errors and not self.report.busy:
            stale.settled(self.context.layout)

    def _mend(self) -> None:
        layout = self.context.layout
        stay_out = unwanted.mark(tombstones.load(layout), silence.load(layout))
        rules = gate_of(self.context).rules
        for copy in manifests.every(layout):
            agent, session_id = copy["agent"], copy["session_id"]
            if not registry.knows(agent) or not _is_old(copy, rules, stay_out):
                continue
            adapter, found = registry.adapter(agent), source_of(self.context, copy)
            if found is not None:
                self.one(adapter, agent, session_id, found[1])
            now = manifests.load(layout, agent, session_id)
            if now is not None and _is_old(now, rules, stay_out):
                self.one(adapter, agent, session_id, None)


def _is_old(copy: Manifest, rules: str, stay_out: str) -> bool:
    return "evicted" not in copy and (copy["rules"] != rules or copy["graves"] != stay_out)
