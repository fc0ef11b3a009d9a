"""What is to stay unrecorded: the time between pause and resume, and sessions run with ``GITML=off``.

Hooks that do nothing would not keep it out: a transcript goes on, and the next hook reads on where the last one
stopped. The hook path imports this. One line a silence: ``since until *``, or ``- - session``.
"""

import os

from gitml.store.files import make_dirs
from gitml.store.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAME = "silences"
ALL = "*"
TIMED = ("chats", "actions", "orchestration")


class Silences:
    """Tells which records are to stay out."""

    __slots__ = ("sessions", "spans")

    def __init__(self, spans: "list[tuple[str, str]]", sessions: "set[str]") -> None:
        self.spans = spans
        self.sessions = sessions

    def hides(self, stream: str, record: "dict[str, Any]") -> bool:
        """Whether the record is of a session that is off, or of a prompt or call made during a pause."""
        if record.get("session_id") in self.sessions:
            return True
        return stream in TIMED and self._in(str(record.get("timestamp", "")))

    def muted(self, record: "dict[str, Any]") -> "dict[str, Any]":
        """A session's record without its summary, where it began during a pause: that is its first prompt."""
        return record | {"summary": ""} if self._in(str(record.get("started_at", ""))) else record

    def _in(self, timestamp: str) -> bool:
        return any(since <= timestamp <= until for since, until in self.spans)


def load(layout: Layout) -> Silences:
    """The clone's silences that are over. A line that makes no sense counts for nothing."""
    spans, sessions = [], set()
    for since, until, session in _lines(layout):
        if session == ALL:
            spans.append((since, until))
        else:
            sessions.add(session)
    return Silences(spans, sessions)


def add_span(layout: Layout, since: str, until: str) -> None:
    """Keep out what was said between two times. Raises OSError."""
    _append(layout, f"{since} {until} {ALL}\n")


def add_session(layout: Layout, session_id: str) -> None:
    """Keep a whole session out. Raises OSError; an id that is no plain word is passed over."""
    plain = session_id.replace("-", "").replace("_", "").isalnum() and len(session_id) < 200
    if plain and ["-", "-", session_id] not in _lines(layout):
        _append(layout, f"- - {session_id}\n")


def _lines(layout: Layout) -> "list[list[str]]":
    try:
        with open(os.path.join(layout.local, NAME), encoding="utf-8", errors="replace") as file:
            return [words for line in file if len(words := line.split()) == 3]
    except OSError:
        return []


def _append(layout: Layout, line: str) -> None:
    make_dirs(layout.local)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(os.path.join(layout.local, NAME), flags, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
