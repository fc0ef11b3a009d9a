"""What the store holds of the records that are to be taken in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gitml.model.canonical import canonical
from gitml.model.digest import hexhash
from gitml.ops.migrating.gathering import Key
from gitml.ops.migrating.old_keys import is_old
from gitml.ops.migrating.refs import Record
from gitml.ops.migrating.shape.record import MARK
from gitml.store.sifting import records
from gitml.store.walk import stream_files

if TYPE_CHECKING:
    from gitml.store.layout import Layout


class Stored:
    """``marks``: of every line of those records, as compaction would write it · ``own`` {key: the best record gitml
    made itself of that id}."""

    __slots__ = ("marks", "own", "sessions")

    def __init__(self, layout: Layout, keys: Iterable[Key]) -> None:
        wanted = set(keys)
        self.marks: set[str] = set()
        self.own: dict[Key, Record] = {}
        self.sessions: set[str] = set()
        streams = {stream for stream, _ in wanted} | {"lifecycle"}
        for stream, path in stream_files(layout, []):
            if stream in streams:
                for _, line, record in records(path, lambda number, why, line: None):
                    self._take(stream, line, record, wanted)

    def holds(self, stream: str, line: bytes, record: Record) -> bool:
        """Whether that very line is there, compacted or not."""
        return mark(stream, line, record) in self.marks

    def _take(self, stream: str, line: bytes, record: Record, wanted: set[Key]) -> None:
        key = (stream, record.get("id"))
        ours = record.get(MARK) is not True and not is_old(stream, record)
        if stream == "sessions" and ours and isinstance(record.get("session_id"), str):
            self.sessions.add(record["session_id"])
        if key not in wanted and stream != "lifecycle" and record.get(MARK) is not True:
            return
        self.marks.add(mark(stream, line, record))
        if ours and key in wanted:
            self._keep(key, record)

    def _keep(self, key: tuple[str, object], record: Record) -> None:
        """Of a commit's records the one that knows most, for that is built upon; of others any."""
        known = self.own.get(key)  # type: ignore[arg-type]
        if known is None or _rev(record) > _rev(known):
            self.own[key] = record  # type: ignore[index]


def mark(stream: str, line: bytes, record: Record) -> str:
    """What tells that line."""
    return hexhash(stream.encode() + b" " + canonical(stream, line, record), 16)


def _rev(record: Record) -> int:
    value = record.get("rev")
    return value if isinstance(value, int) else 0
