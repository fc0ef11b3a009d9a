"""Which line of each record counts. Pure; the result hangs on the set of lines alone, never on their order.

1. Lines of one id: the greater by ``model.streams.rank``; in a stream of EARLIEST first the one with the earlier time.
   Two of one rank are compared as compaction would write them, so that it does not matter which are compacted already.
   In a stream with a COPY_KEY, lines of one id in one session.
2. There too, within one session and one copy key: again the greater by rank.
3. Among sessions, for one copy key, then for one id: the earliest (timestamp, session_id, id, line).
4. What tombstones hide goes last, so that a copy does not come forward in place of a record that was taken out.

The bytes of a winning line are passed through. A line without an id is kept as it is; the same bytes count once.
"""

from gitml.model.jsonl import decode
from gitml.model.streams import COPY_KEY, EARLIEST, rank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Final

    from gitml.store.tombstones import Tombstones

    Entry = tuple[str, str, str, str, bytes]
    """timestamp, session_id, id, copy key, line; "" where the record has none, or it is no text"""

TIME: "Final" = 0
SESSION: "Final" = 1
ID: "Final" = 2
COPY: "Final" = 3
LINE: "Final" = 4

MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")
"""What git leaves in a file where a merge was not settled."""


class Winners:
    """Takes lines of one stream, and has the winner of each record."""

    __slots__ = ("best", "copy_key", "stream")

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.copy_key = COPY_KEY.get(stream, "")
        self.best: dict[object, Entry] = {}

    def take(self, line: bytes, loads: "Callable[[bytes], Any]" = decode) -> str:
        """Take one line, without its newline; a blank one is passed by. Returns why it is no record, or "".

        ``loads`` may be any parser that raises ValueError for what is no JSON.
        """
        line = line.rstrip(b"\r")
        if not line:
            return ""
        record, why = parsed(line, loads)
        if record is not None:
            self._set(line, record)
        return why

    def _set(self, line: bytes, record: "dict[str, Any]") -> None:
        identity, session = record.get("id"), record.get("session_id", "")
        if type(identity) is not str or not identity:
            self.best[line] = (when(record), "", "", "", line)
            return
        if type(session) is not str:
            session = ""
        key: object = (session, identity) if self.copy_key else identity
        old = self.best.get(key)
        if old is None or (old[LINE] != line and self._counts(record, line, old)):
            copy = text(record, self.copy_key) if self.copy_key else ""
            self.best[key] = (when(record), session, identity, copy, line)

    def _counts(self, record: "dict[str, Any]", line: bytes, old: "Entry") -> bool:
        """Whether a line comes before another of its id. One without a time is never the earliest."""
        if self.stream in EARLIEST and when(record) != old[TIME]:
            return when(record) < old[TIME] if when(record) and old[TIME] else not old[TIME]
        return greater(self.stream, record, line, old[LINE])

    def in_part(self) -> "Iterator[bytes]":
        """The winners by the first rule alone, in the order their records came first: what a part may leave out."""
        return (entry[LINE] for entry in self.best.values())

    def lines(self, tombstones: "Tombstones | None" = None) -> "list[bytes]":
        """The winners, sorted by (timestamp, id, bytes)."""
        entries: Iterable[Entry] = self.best.values()
        if self.copy_key:
            entries = one_a_copy(self.stream, entries)
        if tombstones:
            entries = [entry for entry in entries if not hidden(self.stream, tombstones, entry)]
        return [entry[LINE] for entry in sorted(entries, key=by_time)]


def hidden(stream: str, tombstones: "Tombstones", entry: "Entry") -> bool:
    """Whether a winner is out of every view."""
    if stream == "lifecycle":
        return tombstones.hides(stream, decode(entry[LINE]))
    return tombstones.covers(stream, entry[SESSION], (entry[ID], entry[COPY]))


def one_a_copy(stream: str, entries: "Iterable[Entry]") -> "list[Entry]":
    """Rules 2 and 3: of the copies that resumed and forked sessions made of a record, the one that counts."""
    found = list(entries)
    if not all_differ(found, COPY):
        found = newest_a_session(stream, found)
    return earliest(earliest(found, COPY), ID)


def all_differ(entries: "list[Entry]", place: int) -> bool:
    """Whether no two entries have the same text at a place of them. So it is nearly always, and this is quick."""
    return len({entry[place] for entry in entries}) == len(entries)


def newest_a_session(stream: str, entries: "list[Entry]") -> "list[Entry]":
    """Of one copy key in one session the greatest by rank; every entry without one."""
    best: dict[object, Entry] = {}
    for entry in entries:
        key = (entry[SESSION], entry[COPY]) if entry[COPY] else entry
        old = best.get(key)
        if old is None or greater(stream, decode(entry[LINE]), entry[LINE], old[LINE]):
            best[key] = entry
    return list(best.values())


def earliest(entries: "list[Entry]", place: int) -> "list[Entry]":
    """One entry for each text at a place of them, the earliest; every entry that has none there."""
    if all_differ(entries, place):
        return entries
    first: dict[object, Entry] = {}
    for entry in entries:
        key = entry[place] or entry
        old = first.get(key)
        if old is None or entry_order(entry) < entry_order(old):
            first[key] = entry
    return list(first.values())


def entry_order(entry: "Entry") -> "tuple[str, str, str, bytes]":
    """Earliest first, and never a tie between two lines that differ."""
    return entry[0], entry[SESSION], entry[ID], entry[LINE]


def by_time(entry: "Entry") -> "tuple[str, str, bytes]":
    """The order records are given out in."""
    return entry[0], entry[ID], entry[LINE]


def text(record: "dict[str, Any]", key: str) -> str:
    """The value of a key, or "" where it is no text."""
    value = record.get(key)
    return value if type(value) is str else ""


def when(record: "dict[str, Any]") -> str:
    """The time a record is sorted by, or "": sessions have ``started_at``, all others ``timestamp``."""
    time = record.get("timestamp") or record.get("started_at")
    return time if type(time) is str else ""


def greater(stream: str, record: "dict[str, Any]", line: bytes, old: bytes) -> bool:
    """Whether a line outranks another, which was read before. Asked only where two lines meet, which is seldom."""
    old_record = decode(old)
    mine, theirs = rank(record, line), rank(old_record, old)
    if mine[:-1] != theirs[:-1]:
        return mine > theirs
    from gitml.model.canonical import canonical

    return (canonical(stream, line, record), line) > (canonical(stream, old, old_record), old)


def parsed(line: bytes, loads: "Callable[[bytes], Any]" = decode) -> "tuple[dict[str, Any] | None, str]":
    """(the record on a line that is not blank, ""), or (None, why it is none)."""
    try:
        record = loads(line)
    except ValueError:
        record = None
    return (record, "") if type(record) is dict else second_look(line, record)


def second_look(line: bytes, record: object) -> "tuple[dict[str, Any] | None, str]":
    """A record that only the standard library's json reads (a lone surrogate), or why the line is none."""
    if record is not None:
        return None, "not a JSON object"
    if line.startswith(MARKERS):
        return None, "conflict marker of a merge that was not settled"
    if b"\0" in line:
        return None, "NUL byte"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return None, "not UTF-8"
    try:
        value = decode(line)
    except ValueError:
        return None, "not JSON, or cut off"
    return (value, "") if type(value) is dict else (None, "not a JSON object")
