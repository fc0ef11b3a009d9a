"""What a migration met, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gitml.store.lines import Damage

SOURCES = ("files", "shared", "chunked", "sidecars", "disk history")

NAMED = 100
"""Unreadable lines of one file that are named one by one."""


class Report:
    """``files`` and ``records`` read, by source · ``streams`` {stream: {what became of records: how many}}: ``new``
    (appended), ``known`` (in the store already), ``own`` (gitml's own record has that id), ``forgotten``, ``off``
    (a stream that is switched off), ``silent`` (made while recording was paused) · ``unreadable``: what could not be
    read · ``lost``: versions that another of their id won against, and what they said otherwise · ``notes`` ·
    ``passed``: files that are no records by their names · ``hashes`` {what was hashed: how many records} · ``hunks``
    left out · ``secrets``: distinct ones taken out · ``moved`` {file: lines that went to ``.git-ml/legacy/``} ·
    ``refused``: why shared files (``unmoved``) stay where they are · ``own``: ids gitml has made records of itself."""

    def __init__(self) -> None:
        self.files = dict.fromkeys(SOURCES, 0)
        self.records = dict.fromkeys(SOURCES, 0)
        self.streams: dict[str, dict[str, int]] = {}
        self.unreadable: list[Damage] = []
        self.lost: list[str] = []
        self.own: list[str] = []
        self.notes: list[str] = []
        self.passed: list[str] = []
        self.hashes: dict[str, int] = {}
        self.hunks = 0
        self.secrets: dict[str, int] = {}
        self.moved: dict[str, int] = {}
        self.refused = ""
        self.unmoved: list[str] = []
        self.snapshots = 0
        self._bad: dict[str, int] = {}
        self._rest: dict[str, Damage] = {}

    def bad(self, path: str, line: int, why: str) -> None:
        """Something could not be read: line 0 is the file itself. Beyond NAMED of one file they are counted."""
        self._bad[path] = self._bad.get(path, 0) + 1
        if self._bad[path] <= NAMED:
            self.unreadable.append(Damage(path, line, why))
            return
        if path not in self._rest:
            self._rest[path] = Damage(path, 0, "")
            self.unreadable.append(self._rest[path])
        self._rest[path].why = f"and {self._bad[path] - NAMED:,} more lines of it"

    def clean(self, text: Callable[[str], str]) -> None:
        """Put every name and reason in it through ``text``: names of files, ids and keys can hold secrets, and what is
        printed is kept by whoever runs it."""
        for one in self.unreadable:
            one.path, one.why = text(one.path), text(one.why)
        for told in (self.lost, self.own, self.passed, self.notes, self.unmoved):
            told[:] = map(text, told)

    def count(self, stream: str, what: str) -> None:
        """One record more."""
        counts = self.streams.setdefault(stream, {})
        counts[what] = counts.get(what, 0) + 1

    def sum(self, what: str) -> int:
        """How many records of all streams."""
        return sum(counts.get(what, 0) for counts in self.streams.values())

    def to_dict(self) -> dict[str, Any]:
        """Keys: sources {name: {files, records}} streams snapshots moved refused unmoved unreadable [{path, line, why}]
        lost own passed notes hashes hunks secrets."""
        return {
            "sources": {name: {"files": self.files[name], "records": self.records[name]} for name in SOURCES},
            "streams": self.streams,
            "snapshots": self.snapshots,
            "moved": self.moved,
            "refused": self.refused or None,
            "unmoved": self.unmoved,
            "unreadable": [{"path": one.path, "line": one.line, "why": one.why} for one in self.unreadable],
            "lost": self.lost,
            "own": self.own,
            "passed": self.passed,
            "notes": self.notes,
            "hashes": self.hashes,
            "hunks": self.hunks,
            "secrets": self.secrets,
        }
