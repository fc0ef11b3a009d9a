"""Copying the files of one session into pieces, redacted line by line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.agents import documents
from gitml.model.jsonl import encode
from gitml.ops.raw.session import is_at, sidecar
from gitml.ops.record import cursor as cursors_of
from gitml.redact.gate import Lines
from gitml.store.raw import reading
from gitml.store.raw.writing import Writer

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, AgentFile, Source
    from gitml.ops.context import Context
    from gitml.ops.raw.pieces import Pieces
    from gitml.ops.raw.seen import Seen
    from gitml.ops.raw.unwanted import Unwanted
    from gitml.redact.gate import Gate
    from gitml.store.raw.manifests import Manifest

File = dict[str, Any]


class Copying:
    """One run. ``copy`` is what is there and goes on; None where all is made ``anew``. ``damage`` counts lines that
    cannot be kept because they cannot be read, ``latest`` is the latest time in what was added."""

    def __init__(
        self,
        context: Context,
        adapter: Adapter,
        gate: Gate,
        hidden: Unwanted,
        copy: Manifest | None,
        pieces: Pieces,
    ) -> None:
        self.context = context
        self.adapter = adapter
        self.lines = Lines(gate)
        self.hidden = hidden
        self.anew = copy is None
        self.damage = 0
        self.latest = ""
        self._pieces = pieces
        self._quotes = [encode(self.lines.text(text))[1:-1] for text in sorted(hidden.quotes)]

    def file(self, path: str, name: str, source: Source, now: Seen, old: File | None) -> File | None:
        """The entry of a file, brought up to date. None where none of it was searched for secrets yet.

        One that was rewritten and is shorter now stays as it was: what went from it is what a copy is for.
        """
        agent = next((agent for agent in source.agents if agent.path == path), None)
        if path.startswith(self.context.layout.raw + os.sep):  # unpacked: it is gone at its source
            return self._entry(path, name, source, agent, None, 0, old)
        until = now.until(agent.agent_id if agent else "", path)
        if not until or (old is not None and not is_at(old, path)):
            return old
        anew = self.anew or documents.is_one(path)
        goes_on = old is not None and not anew and cursors_of.holds(old["source"], path)
        return self._entry(path, name, source, agent, until, old["source"]["offset"] if old and goes_on else 0, old)

    def left(self, copy: Manifest | None, found: dict[str, str]) -> list[File]:
        """Entries of files that are gone at their source and stay as they are."""
        here = set(found.values())
        return [file for file in copy["files"] if file["name"] not in here] if copy is not None else []

    def _entry(
        self, path: str, name: str, source: Source, agent: AgentFile | None, until: int | None, offset: int, old: Any
    ) -> File:
        seen = os.stat(path)
        writer = Writer(self.context.layout, source.session_id, self._pieces.known() if not offset else None)
        if offset:
            writer.resume(old["segments"])
        end = self._copy(path, offset, until, writer)
        mark = cursors_of.mark(path, end, seen, {}) if until is not None or old is None else old["source"]
        entry = {
            "name": name,
            "kind": "agent" if agent else reading.MAIN,
            "source": mark,
            "meta": self._meta(agent) or (old["meta"] if old else ""),
            "segments": writer.close(),
        }
        self.latest = max(self.latest, writer.latest)
        return entry

    def _copy(self, path: str, offset: int, until: int | None, writer: Writer) -> int:
        """Add the lines from ``offset`` on. Returns where the next run goes on."""
        for line in self.adapter.lines(path, offset):
            if until is not None and line.end > until:
                break
            records, why = self.adapter.records(line.data) if line.data is not None else ([], "too long")
            if line.cut and (why or not records):
                break
            offset = line.end
            self.damage += bool(why)
            if records and not self.hidden.hides(path, line.offset):
                self._add(records, writer)
        return offset

    def _add(self, records: list[dict[str, Any]], writer: Writer) -> None:
        sealed = self.lines.seal(records)
        if not any(quote in sealed.data for quote in self._quotes):
            writer.add(sealed)

    def _meta(self, agent: AgentFile | None) -> str:
        records, _ = sidecar(self.adapter, agent) if agent is not None else ([], "")
        return self.lines.seal(records[:1]).data.decode() if records else ""
