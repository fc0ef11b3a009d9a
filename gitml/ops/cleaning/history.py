"""What earlier cleanings removed, from the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitml.ops.cleaning.apply import END
from gitml.store import audit

if TYPE_CHECKING:
    from gitml.store.layout import Layout

Line = dict[str, Any]


class Cleaning:
    """One: ``timestamp`` of its first line, ``by`` which command · ``removed`` and ``failed``: lines of the log ·
    ``ended``: whether it came to its end; else what it was told of last may still be there."""

    __slots__ = ("_removed", "by", "ended", "failed", "timestamp")

    def __init__(self, line: Line) -> None:
        self._removed: dict[object, Line] = {}
        self.timestamp = str(line.get("timestamp"))
        self.by = str(line.get("by"))
        self.failed: list[Line] = []
        self.ended = False

    def take(self, line: Line) -> None:
        """Its next line."""
        if line["what"] == END:
            self.ended = True
        elif "failed" in line:
            self.failed.append(line)
            self._removed.pop(_key(line), None)
        else:
            self._removed[_key(line)] = line

    @property
    def removed(self) -> list[Line]:
        """What went: a line each, however often a disk that was full made it be told."""
        return list(self._removed.values())

    def to_dict(self) -> dict[str, Any]:
        """Keys: timestamp by ended bytes removed failed."""
        return {
            "timestamp": self.timestamp,
            "by": self.by,
            "ended": self.ended,
            "bytes": sum(line["bytes"] for line in self.removed),
            "removed": self.removed,
            "failed": self.failed,
        }


def history(layout: Layout) -> list[Cleaning]:
    """Every cleaning that the audit log still tells of, the oldest first."""
    found: dict[str, Cleaning] = {}
    for run, line in _lines(layout):
        found.setdefault(run, Cleaning(line)).take(line)
    return list(found.values())


def _lines(layout: Layout) -> Iterator[tuple[str, Line]]:
    for line in audit.read(layout):
        what, run = line.get("what"), line.get("run")
        whole = isinstance(what, str) and what.startswith("clean.") and isinstance(run, str)
        if whole and isinstance(line.get("bytes"), int):
            yield str(run), line


def _key(line: Line) -> object:
    """Paths do not do: of two with secrets in them the same may be left."""
    number = line.get("number")
    return number if isinstance(number, int) else (str(line["what"]), str(line.get("path")), str(line.get("subject")))
