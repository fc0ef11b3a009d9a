"""Records taken out of every view by ``gitml forget``. A tombstone is a lifecycle record with ``to`` "tombstone".

Its ``target`` is the id of a record in ``stream``, or what the fold tells copies of it by (a chat's ``uuid``), so that
the copy in a resumed session goes with it; with ``stream`` "*" it is a session_id, and all of that session is meant.
The hook path imports this.
"""

import json
import os
import time

from gitml.model.digest import hexhash
from gitml.model.jsonl import decode, encode
from gitml.model.streams import COPY_KEY
from gitml.store.files import entries, make_dirs, read_bytes, safe_name, write_atomic
from gitml.store.lines import blocks
from gitml.store.names import is_part, stream_of
from gitml.store.walk import stream_files
from gitml.store.winners import Winners, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from gitml.store.layout import Layout

STREAM = "lifecycle"
STAGE = "tombstone"
SETTLED_NS = 2_000_000_000
"""A file younger than this may change again within its time stamp's grain (2 s on FAT): nothing is cached of it."""


class Tombstones:
    """What is hidden, made of (stream, target) pairs. False where nothing is."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: "Iterable[tuple[str, str]]" = ()) -> None:
        self.pairs = frozenset(pairs)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def hides(self, stream: str, record: "dict[str, Any]") -> bool:
        """Whether that record is out of every view. Tombstones themselves never are."""
        if stream == STREAM and record.get("to") == STAGE:
            return False
        names = (text(record, "id"), text(record, COPY_KEY.get(stream, "id")))
        return self.covers(stream, text(record, "session_id"), names)

    def covers(self, stream: str, session_id: str, names: "tuple[str, ...]") -> bool:
        """The same by what decides it: the record's session, and its id and copy key."""
        pairs = self.pairs
        if session_id and ("*", session_id) in pairs:
            return True
        return any((stream, name) in pairs for name in names if name)


def of_records(records: "Iterable[dict[str, Any]]") -> Tombstones:
    """The tombstones among lifecycle records."""
    graves = [record for record in records if record.get("to") == STAGE]
    pairs = [(text(grave, "stream"), text(grave, "target")) for grave in graves]
    return Tombstones(pair for pair in pairs if all(pair))


def load(layout: "Layout") -> Tombstones:
    """All tombstones this work tree, the spools and the side branches hold.

    Through a local copy stamped with the state of every lifecycle file, since hooks ask each time; a copy that
    cannot be read or written is done without. Raises nothing.
    """
    path = os.path.join(layout.local, "tombstones", safe_name(layout.worktree) + ".json")
    stamp, newest = _stamp(layout)
    kept = _cached(path, stamp)
    if kept is not None:
        return kept
    found = of_records(decode(line) for line in _lifecycle(layout))
    if time.time_ns() - newest > SETTLED_NS and os.path.isdir(layout.local):
        _cache(path, stamp, found)
    return found


def _lifecycle(layout: "Layout") -> "list[bytes]":
    winners = Winners(STREAM)
    for stream, path in stream_files(layout, []):
        if stream != STREAM:
            continue
        for _, lines in blocks(path, lambda number, why: None):
            for line in lines:
                winners.take(line)
    return winners.lines()


def _stamp(layout: "Layout") -> "tuple[str, int]":
    """(a hash that changes with any lifecycle file, the newest of their times in ns)."""
    side = os.path.join(layout.side, STREAM)
    marks = [layout.root, *_marks(layout.spools, whole=True), *_marks(side, whole=True)]
    if not os.path.islink(layout.data):
        marks += _marks(layout.tracked, whole=False)
    times = [mark[1] for mark in marks if isinstance(mark, tuple)]
    return hexhash(repr(marks), 32), max(times, default=0)


def _marks(root: str, *, whole: bool) -> "Iterator[tuple[str, int, int, int]]":
    """(path, mtime ns, inode, size) of lifecycle files. A published part is not listed, its folder stands for it."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        for entry in _quietly(folder):
            is_dir = entry.is_dir(follow_symlinks=False)
            part = is_dir and not whole and is_part(f"{os.path.basename(folder)}/{entry.name}")
            if is_dir and not part:
                waiting.append(entry.path)
            if part or (not is_dir and stream_of(entry.name) == STREAM):
                yield _mark(entry)


def _mark(entry: "os.DirEntry[str]") -> "tuple[str, int, int, int]":
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return entry.path, 0, 0, 0
    return entry.path, status.st_mtime_ns, status.st_ino, status.st_size


def _quietly(folder: str) -> "list[os.DirEntry[str]]":
    try:
        return entries(folder)
    except OSError:
        return []


def _cached(path: str, stamp: str) -> "Tombstones | None":
    try:
        kept = json.loads(read_bytes(path))
        if kept["stamp"] != stamp:
            return None
        return Tombstones((stream, target) for stream, target in kept["pairs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _cache(path: str, stamp: str, found: Tombstones) -> None:
    try:
        make_dirs(os.path.dirname(path))
        write_atomic(path, encode({"stamp": stamp, "pairs": sorted(found.pairs)}), 0o600)
    except OSError:
        return


def purge(layout: "Layout", tombstones: Tombstones) -> int:
    """Take hidden lines out of all spools and kept copies. Returns how many. Raises Busy, OSError. See ``purging``."""
    from gitml.store.purging import purge as run

    return run(layout, tombstones)
