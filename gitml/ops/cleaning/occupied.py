"""Whether anybody is at work in a folder: by the registry, by the processes there are, by the transcripts' times."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from gitml.agents.base import Source
from gitml.ops.cleaning.folders import within
from gitml.ops.cleaning.opened import opened
from gitml.ops.cleaning.transcripts import Found, Transcripts
from gitml.ops.health.captured import Captured
from gitml.ops.lifecycle.safety import Safety
from gitml.ops.reading.active import AT_WORK, QUIET
from gitml.ops.reading.prefix import prefix
from gitml.ops.registry.roster import Roster, roster

if TYPE_CHECKING:
    from gitml.ops.context import Context


class Occupied:
    """Asked for one folder after the other at ``now``, seconds since 1970."""

    def __init__(self, context: Context, transcripts: Transcripts, now: float) -> None:
        self._context = context
        self._transcripts = transcripts
        self._now = now

    def by(self, folder: str) -> str:
        """Who is at work in it or below it, in words; "" where nobody is. Raises OSError."""
        holder = self._roster.active_in(folder)
        if holder is not None:
            return f"session {holder.named()} is active in it"
        process = next((number for number, cwd in self._processes if within(cwd, folder)), "")
        if process:
            return f"process {process} works in it"
        process = next((number for path, number in self._opened.items() if within(path, folder)), "")
        if process:
            return f"process {process} has a file open in it"
        session = next((source for cwd, source in self._recent if within(cwd, folder)), None)
        return f"session {prefix(session.session_id)} may still be at work in it" if session is not None else ""

    @cached_property
    def _roster(self) -> Roster:
        return roster(self._context, self._now)

    @cached_property
    def _processes(self) -> list[tuple[str, str]]:
        """(number, working folder) of every process that may be looked at. Linux alone."""
        return list(_working_folders())

    @cached_property
    def _opened(self) -> dict[str, str]:
        return opened([os.sep])

    @cached_property
    def _recent(self) -> list[tuple[str, Source]]:
        """(working folder, session) of those that may be at work by their times. Few files are young enough to open."""
        every = self._transcripts.every(self._context.config)
        return [(os.path.realpath(cwd), found.source) for found in every for cwd in self._of(found)]

    def _of(self, found: Found) -> Iterator[str]:
        source = found.source
        for path in (source.path, *(agent.path for agent in source.agents)):
            if self._may_work(source, path):
                own = Source(source.agent, source.session_id, path, [])
                yield from self._transcripts.cwds(Found(found.adapter, own, found.root))

    def _may_work(self, source: Source, path: str) -> bool:
        """A quiet one counts for hours while its last turn has no end, or while nobody knows whether it has."""
        try:
            quiet = self._now - os.lstat(path).st_mtime
        except OSError:
            return False
        return quiet < QUIET or (quiet < AT_WORK and not self._is_over(source))

    def _is_over(self, source: Source) -> bool:
        record = self._safety.recorded(source.uid)
        return record is not None and not self._safety.active(record) and not self._captured.unread(source)

    @cached_property
    def _captured(self) -> Captured:
        return Captured(self._context)

    @cached_property
    def _safety(self) -> Safety:
        return Safety(self._context, self._now)


def _working_folders() -> Iterator[tuple[str, str]]:
    try:
        numbers = [name for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return
    for number in numbers:
        try:
            yield number, os.readlink(f"/proc/{number}/cwd")
        except OSError:
            continue
