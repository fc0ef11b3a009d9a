"""Capturing many sessions: those a sync has looked at, and those whose transcripts are gone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.agents import registry
from gitml.errors import Busy, GitmlError
from gitml.ops import silence
from gitml.ops.digesting.sources import source_of
from gitml.ops.lifecycle.standing import standings
from gitml.ops.raw import unwanted
from gitml.ops.raw.capture import capture, wanted
from gitml.ops.redacting.gates import gate_of
from gitml.store import tombstones
from gitml.store.raw import manifests, objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest


class Report:
    """``captured``: sessions whose copy was written · ``errors``, a line each."""

    __slots__ = ("captured", "errors")

    def __init__(self) -> None:
        self.captured = 0
        self.errors: list[str] = []


def capture_all(
    context: Context,
    found: Iterable[tuple[Adapter, Source]],
    progress: Callable[[int, int], None] | None = None,
    *,
    timeout: float = 10.0,
) -> Report:
    """Bring the copies of these sessions up to date, then those whose source is gone. One that fails does not stop the
    others. Does nothing where no copies are wanted."""
    report = Report()
    if not wanted(context):
        return report
    sessions = list(found)
    evicted = {name: standing.evicted_at for name, standing in standings(context).items() if standing.evicted_at}
    for done, (adapter, source) in enumerate(sessions):
        if progress is not None:
            progress(done, len(sessions))
        at = evicted.get(source.session_id, "")
        _one(context, report, adapter, source.agent, source.session_id, source, at, timeout)
    _mend(context, report, timeout)
    return report


def mend(context: Context) -> Report:
    """Bring copies up to date that today's rules, tombstones or silences would have otherwise: from their transcripts,
    and where that cannot be, from the copies themselves. Whole sessions that were forgotten go."""
    report = Report()
    if os.path.isdir(context.layout.raw) and objects.available():
        _mend(context, report, 10.0)
    return report


def _mend(context: Context, report: Report, timeout: float) -> None:
    stay_out = unwanted.mark(tombstones.load(context.layout), silence.load(context.layout))
    rules = gate_of(context).rules
    for copy in manifests.every(context.layout):
        agent, session_id = copy["agent"], copy["session_id"]
        if agent not in registry.NAMES or not _is_old(copy, rules, stay_out):
            continue
        adapter, found = registry.adapter(agent), source_of(context, copy)
        if found is not None:
            _one(context, report, adapter, agent, session_id, found[1], "", timeout)
        now = manifests.load(context.layout, agent, session_id)
        if now is not None and _is_old(now, rules, stay_out):
            _one(context, report, adapter, agent, session_id, None, "", timeout)


def _is_old(copy: Manifest, rules: str, stay_out: str) -> bool:
    return "evicted" not in copy and (copy["rules"] != rules or copy["graves"] != stay_out)


def _one(
    context: Context,
    report: Report,
    adapter: Adapter,
    agent: str,
    session_id: str,
    source: Source | None,
    evicted_at: str,
    timeout: float,
) -> None:
    try:
        args = (context, adapter, agent, session_id, source)
        report.captured += capture(*args, timeout=timeout, evicted_at=evicted_at)
    except Busy:
        return  # another process is at this very session; what is left is captured the next time
    except (GitmlError, OSError, ValueError) as error:
        report.errors.append(f"{source.path if source else session_id}: raw copy: {error}")
