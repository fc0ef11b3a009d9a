"""Whether a session's own transcript may go: every reason to stay, the cheap ones first."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from gitml.model import times
from gitml.ops import silence
from gitml.ops.cleaning.ages import words
from gitml.ops.cleaning.opened import opened
from gitml.ops.cleaning.told import stamp_of
from gitml.ops.health.captured import Captured
from gitml.ops.lifecycle.safety import Safety
from gitml.ops.lifecycle.stages import STAGES, configured, rank
from gitml.ops.raw.known import stated
from gitml.ops.reading.prefix import prefix
from gitml.ops.record.belonging import Belonging
from gitml.ops.registry.roster import roster
from gitml.store import cursors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.agents.base import Source
    from gitml.ops.cleaning.told import Told
    from gitml.ops.cleaning.transcripts import Found, Transcripts
    from gitml.ops.context import Context

Record = dict[str, Any]

RESUMABLE = 24 * 3600
"""Seconds after the last touch of its files in which a session may be resumed, whatever age is asked for."""


class Said(NamedTuple):
    """``why`` it stays, "" where it may go · ``age``: seconds since its last word."""

    why: str
    age: float


class Spoken:
    """Asked for one session after the other at ``now`` (seconds since 1970); ``limit``: the age, in seconds, that its
    last word must have; ``told``: what the records say, if they still do."""

    def __init__(self, context: Context, transcripts: Transcripts, limit: float, now: float, told: Told) -> None:
        """Raises BadUsage where the config names a stage that is none."""
        self._context = context
        self._transcripts = transcripts
        self._limit = limit
        self._now = now
        self._stages = configured(context.config, "clean.session_stages")
        self._belonging = Belonging(context)
        self._stamp, self.__dict__["_safety"] = told
        self._read = frozenset(cursors.names(context.layout))
        self.refresh()

    def refresh(self) -> None:
        """Look again at all that may be otherwise by now. The streams are read again only where a file of them has
        changed. Raises OSError."""
        self._roster = roster(self._context, self._now)
        self._captured = Captured(self._context)
        self._spans = silence.load(self._context.layout).spans
        self.__dict__.pop("_opened", None)
        stamp = stamp_of(self._context)
        if stamp != self._stamp:
            self.__dict__.pop("_safety", None)
            self._stamp = stamp

    def of(self, found: Found) -> Said | None:
        """What becomes of it; None where it is another repository's. Raises OSError."""
        source = found.source
        record = self._safety.recorded(source.uid)
        if record is None and not self._ours(found):
            return None
        touched = _touched(source)
        if record is None:
            return Said(self._unrecorded(source), max(0.0, self._now - touched))
        last = times.millis(str(record.get("updated_at") or "")) / 1000 or touched
        age = max(0.0, self._now - last)
        why = self._going_on(source, record, self._now - touched) or self._kept(source, record, age)
        if not why and not self._belongs(found):
            return None
        return Said(why, age)

    def held(self, paths: Iterable[str]) -> str:
        """Why files of a session stay: a process has one of them open; "" where none has."""
        path = next((path for path in paths if path in self._opened), "")
        return f"process {self._opened[path]} has {os.path.basename(path)} open" if path else ""

    # -- reasons to stay -------------------------------------------------------------------------------------------

    def _unrecorded(self, source: Source) -> str:
        """Also of a session in which nobody said anything, and of one whose records are on another branch."""
        out = self._captured.kept_out(source.session_id)
        return out or self._captured.unread(source) or "there is no record of it here"

    def _going_on(self, source: Source, record: Record, untouched: float) -> str:
        if self._roster.active_session(source.agent, source.session_id):
            return "it is registered as active"
        if untouched < RESUMABLE:
            return f"touched {words(max(0.0, untouched))} ago, it may be resumed"
        return "it may still go on" if self._safety.active(record) else ""

    def _kept(self, source: Source, record: Record, age: float) -> str:
        if age < self._limit:
            return f"its last word is {words(age)} old, kept for {words(self._limit)}"
        stage, short = self._safety.of(source.session_id).stage, prefix(source.session_id)
        if stage not in self._stages:
            return _unmarked(stage, self._stages, short)
        flaw = self._safety.flaw(record, self._raw(source))
        if flaw:
            return f"{flaw}; gitml digest {short}"
        if self._safety.unfinished(record):
            return "its last turn has no end, it may be resumed"
        return self._captured.lacks(source, record, self._safety.turns(source.session_id)) or self._paused(record)

    def _paused(self, record: Record) -> str:
        begun, ended = str(record.get("started_at") or ""), str(record.get("updated_at") or "")
        left_out = any(since <= ended and begun <= until for since, until in self._spans)
        return "recording was paused during it, so that part of it is nowhere else" if left_out else ""

    # -- facts -----------------------------------------------------------------------------------------------------

    @cached_property
    def _opened(self) -> dict[str, str]:
        return opened(self._transcripts.roots(self._context.config))

    @cached_property
    def _safety(self) -> Safety:
        return Safety(self._context, self._now)

    def _raw(self, source: Source) -> Record | None:
        """What its digest must say of the raw copy, where there is one."""
        copy = self._captured.manifest(source)
        return stated(copy) if copy is not None and "evicted" not in copy else None

    def _ours(self, found: Found) -> bool:
        """Whether a session of which no record is here is this repository's."""
        source = found.source
        return (source.agent, source.session_id) in self._read or self._belongs(found)

    def _belongs(self, found: Found) -> bool:
        cwds = self._transcripts.cwds(found)
        return self._belonging.ours(cwds, lambda: self._transcripts.worked_in(found.source.path))


def _unmarked(stage: str, stages: list[str], short: str) -> str:
    what = f"it is {stage}, not {' or '.join(stages) or 'at any stage that may go'}"
    further = STAGES[rank(stage) + 1 :]
    return f"{what}; gitml lifecycle mark {short} {further[0]}" if stages and further else what


def _touched(source: Source) -> float:
    """When any file of it was last changed, seconds since 1970."""
    return max(os.lstat(path).st_mtime for path in (source.path, *(agent.path for agent in source.agents)))
