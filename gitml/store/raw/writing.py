"""Cutting the lines of one file into pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.model.digest import hexhash
from gitml.model.sealed import check
from gitml.store.raw import objects
from gitml.store.raw.lines import common
from gitml.store.raw.reading import lines_of

if TYPE_CHECKING:
    from gitml.model.sealed import Sealed
    from gitml.store.layout import Layout

TARGET = 512 * 1024
"""Bytes of a piece, about. On 21 real sessions (8.6 MB; 1.03 MB if each file were compressed whole) pieces of 64 KiB
take 1.43 MB, 256 KiB 1.20 MB, 512 KiB 1.10 MB: what is close to each other in a session repeats itself."""
LEAST, MOST = TARGET // 4, TARGET * 4

Segment = list[Any]
"""[piece, piece with its times or "", bytes of text, bytes of the piece, lines, hash of its first line]"""

Known = dict[str, dict[int, str]]
"""{hash of a piece's first line: {its bytes: its name}} of pieces that other sessions have."""


class Writer:
    """The pieces of one file of a session.

    A piece ends where its last line's hash says so, so that equal text is cut at equal places wherever it begins; and
    where a ``known`` piece ends: the one in which the session stopped that this one goes on from.
    """

    def __init__(self, layout: Layout, session_id: str, known: Known | None = None) -> None:
        self.layout = layout
        self.session_id = session_id.encode()
        self.known = known or {}
        self.segments: list[Segment] = []
        self.latest = ""
        self._start()

    def resume(self, segments: list[Segment]) -> None:
        """Go on behind these. The last of them is open: it is cut again with what follows. Raises Damaged, OSError."""
        self.segments = list(segments[:-1])
        for segment in segments[-1:]:
            for line in lines_of(self.layout, segment, self.session_id):
                self._add(line)

    def add(self, line: Sealed) -> None:
        """The next line. Raises ValueError where it is no JSON, OSError."""
        self._add(check(line).data)

    def close(self) -> list[Segment]:
        """All pieces of the file, each durable."""
        if self._body:
            self._end()
        return self.segments

    def _start(self) -> None:
        self._body = bytearray()
        self._times: list[bytes] = []
        self._lines = self._text = 0
        self._first = ""
        self._ends: dict[int, str] = {}

    def _add(self, line: bytes) -> None:
        body, times = common(line, self.session_id)
        if not self._body:
            self._first = hexhash(body, 16)
            self._ends = self.known.get(self._first, {})
        self._body += body + b"\n"
        self._times += times
        self._lines += 1
        self._text += len(line) + 1
        if times:
            self.latest = max(self.latest, max(times).decode("ascii"))
        if self._is_end(body):
            self._end()

    def _is_end(self, last: bytes) -> bool:
        name = self._ends.get(len(self._body))
        if name is not None and objects.name_of(bytes(self._body)) == name:
            return True
        chosen = int(hexhash(last, 8), 16) % TARGET < len(last)  # a long line is likelier to be an end than a short one
        return len(self._body) >= MOST or (len(self._body) >= LEAST and chosen)

    def _end(self) -> None:
        piece = objects.put(self.layout, bytes(self._body))
        times = objects.put(self.layout, b"\n".join(self._times)) if self._times else ""
        self.segments.append([piece, times, self._text, len(self._body), self._lines, self._first])
        self._start()
