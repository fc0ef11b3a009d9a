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
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from gitml.store.layout import Layout

    Whole = Callable[[str, str], bool]
    """(folder, name of a folder in it): whether that one is looked at as a whole"""

    Mark = tuple[str, int, int, int]
    """path, mtime in ns, inode, size; 0 where there is none"""

STREAM = "lifecycle"
STAGE = "tombstone"
DAY_DIGITS = 8
SETTLED_NS = 2_000_000_000
"""A file younger than this may change again within its time stamp's grain (2 s on FAT): nothing is cached of it."""


class Tombstones:
    """What is hidden, made of (stream, target) pairs. False where nothing is."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: "Iterable[tuple[str, str]]" = ()) -> None:
        self.pairs = frozenset(pairs)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def joined(self, other: "Tombstones") -> "Tombstones":
        """What either of them hides."""
        return Tombstones(self.pairs | other.pairs)

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


def of_lines(lines: "Iterable[bytes]") -> Tombstones:
    """The same of lines as they stand in a file; what is no record is passed by."""
    winners = Winners(STREAM)
    for line in lines:
        winners.take(line)
    return of_records(decode(line) for line in winners.lines())


def load(layout: "Layout") -> Tombstones:
    """All tombstones this work tree, the spools and the side branches hold.

    Through a local copy stamped with the state of every lifecycle file, since hooks ask each time; a copy that
    cannot be read or written is done without. Raises nothing.

    Two stamps: one that looks at published days and at git's index, which changes with whatever git writes into a part
    of such a day, and one that looks at every part: at 2,000 of them 1 ms and 9.
    """
    path = os.path.join(layout.local, "tombstones", safe_name(layout.worktree) + ".json")
    kept = _cached(path)
    days, newest = _stamp(layout, _is_day)
    if kept is not None and kept["days"] == days:
        return Tombstones(kept["pairs"])
    parts, latest = _stamp(layout, _is_part)
    if kept is not None and kept["parts"] == parts:
        found = Tombstones(kept["pairs"])
    else:
        unread: list[str] = []
        found = of_lines(_lifecycle(layout, unread))
        if unread:  # what a disk kept back once must not stay forgotten here
            return found
    if time.time_ns() - max(newest, latest) > SETTLED_NS and os.path.isdir(layout.local):
        _cache(path, days, parts, found)
    return found


def _lifecycle(layout: "Layout", unread: "list[str]") -> "Iterator[bytes]":
    """The lines of every lifecycle file; ``unread`` gets why, for each one that was not read to its end."""

    def damaged(number: int, why: str) -> None:
        if not number:
            unread.append(why)

    for stream, path in stream_files(layout, []):
        if stream != STREAM:
            continue
        for _, lines in blocks(path, damaged):
            yield from lines


def _stamp(layout: "Layout", whole: "Whole") -> "tuple[str, int]":
    """(a hash that changes with any lifecycle file, the newest of the times it is made of, in ns).

    ``whole``: which published folders are looked at as one, by the folder's own times.
    """
    index = os.path.join(layout.git_dir, "index")
    side = os.path.join(layout.side, STREAM)
    marks = [_mark(layout.root, 0), *_marks(layout.spools, _never), *_marks(side, _never)]
    if whole is _is_day:
        marks.append(_times(index))
    if not os.path.islink(layout.data):
        marks += _marks(layout.tracked, whole)
    return hexhash(repr(marks), 32), max(mark[1] for mark in marks)


def _marks(root: str, whole: "Whole") -> "Iterator[Mark]":
    """Lifecycle files, and folders that are ``whole``; those are not listed."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        for entry in _quietly(folder):
            is_dir = entry.is_dir(follow_symlinks=False)
            closed = is_dir and whole(folder, entry.name)
            if is_dir and not closed:
                waiting.append(entry.path)
            if closed or (not is_dir and stream_of(entry.name) == STREAM):
                yield _times(entry.path)


def _never(folder: str, name: str) -> bool:
    return False


def _is_part(folder: str, name: str) -> bool:
    return is_part(f"{os.path.basename(folder)}/{name}")


def _is_day(folder: str, name: str) -> bool:
    return os.path.basename(folder) == "live" and len(name) == DAY_DIGITS and name.isdigit()


def _mark(path: str, time: int, inode: int = 0, size: int = 0) -> "Mark":
    return path, time, inode, size


def _times(path: str) -> "Mark":
    try:
        status = os.stat(path, follow_symlinks=False)
    except OSError:
        return _mark(path, 0)
    return _mark(path, status.st_mtime_ns, status.st_ino, status.st_size)


def _quietly(folder: str) -> "list[os.DirEntry[str]]":
    try:
        return entries(folder)
    except OSError:
        return []


def _cached(path: str) -> "dict[str, Any] | None":
    """Keys: days parts (stamps) pairs. None where there is no copy, or a damaged one."""
    try:
        kept = json.loads(read_bytes(path))
        pairs = [(str(stream), str(target)) for stream, target in kept["pairs"]]
        return {"days": kept["days"], "parts": kept["parts"], "pairs": pairs}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _cache(path: str, days: str, parts: str, found: Tombstones) -> None:
    try:
        make_dirs(os.path.dirname(path))
        write_atomic(path, encode({"days": days, "parts": parts, "pairs": sorted(found.pairs)}), 0o600)
    except OSError:
        return


def purge(layout: "Layout", tombstones: Tombstones) -> int:
    """Take hidden lines out of all spools and kept copies. Returns how many. Raises Busy, OSError. See ``purging``."""
    from gitml.store.purging import purge as run

    return run(layout, tombstones)
