"""Where an old record stands, so that it can be read once more instead of being held in memory."""

from __future__ import annotations

import base64
import os
import re
import stat
import zlib
from typing import IO, Any, NamedTuple

from gitml.model.jsonl import MAX_LINE, decode
from gitml.store.files import open_plain
from gitml.store.winners import MARKERS

Record = dict[str, Any]
BOM = b"\xef\xbb\xbf"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Unreadable(Exception):
    """Why something is no record."""


class FileRef(NamedTuple):
    """One object of a file that holds one, or a list of them: ``side`` 0 is the file as it is, 1 and 2 the sides of a
    merge that was not settled; ``member`` of a list, -1 for the whole."""

    path: str
    side: int = 0
    member: int = -1

    @property
    def place(self) -> str:
        """The file, and which of its objects."""
        told = f"[{self.member}]" if self.member >= 0 else ""
        return f"{self.path}{told}{' (one side of a conflict)' if self.side else ''}"

    def load(self) -> Record:
        """The object. Raises Unreadable, OSError."""
        value = _last_parsed(self.path)[1 if self.side == 2 else 0]
        found = value[self.member] if self.member >= 0 and isinstance(value, list) else value
        return checked(found)


class LineRef(NamedTuple):
    """One line of a file."""

    path: str
    number: int
    offset: int
    length: int

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.path}:{self.number}"

    def load(self) -> Record:
        """The object. Raises Unreadable, OSError."""
        with opened(self.path) as file:
            file.seek(self.offset)
            return line_of(file.read(self.length))


class PartsRef(NamedTuple):
    """A record in several parts, in their order."""

    parts: tuple[LineRef, ...]

    @property
    def place(self) -> str:
        """The first part's."""
        return self.parts[0].place

    def load(self) -> Record:
        """The joined record. Raises Unreadable, OSError."""
        from gitml.ops.migrating.joining import joined

        return joined([part.load() for part in self.parts])[0]


Ref = FileRef | LineRef | PartsRef


def opened(path: str) -> IO[bytes]:
    """A regular file, open for reading: a device would give bytes without end. Raises Unreadable, OSError."""
    file = open_plain(path)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise Unreadable("not a regular file")
    return file


def checked(value: Any) -> Record:
    """The value, if it is an object that says anything. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable("no JSON object")
    if not value:
        raise Unreadable("an empty object")
    return value


def line_of(line: bytes) -> Record:
    """The object on a line. Raises Unreadable."""
    return checked(value_of(line.removeprefix(BOM).strip()))


def value_of(data: bytes) -> Any:
    """One JSON value. Raises Unreadable."""
    try:
        return decode(data)
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    except ValueError:
        if b"\0" in data:
            raise Unreadable("NUL byte") from None
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable("not UTF-8") from None
        raise Unreadable("not JSON, or cut off") from None


def parsed_file(path: str) -> list[Any]:
    """What a file of one JSON value holds; the two sides' values where a merge was not settled in it.

    Raises Unreadable; OSError, also for a link.
    """
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_LINE:
            raise Unreadable(f"longer than {MAX_LINE} bytes")
        data = file.read().removeprefix(BOM).strip()
    if not data:
        raise Unreadable("empty")
    try:
        return [value_of(data)]
    except Unreadable:
        if not any(line.startswith(MARKERS) for line in data.split(b"\n")):
            raise
    return [value_of(side) for side in sides(data)]


_last: dict[tuple[str, int, int, int], list[Any]] = {}
"""The one file that was read last: a list of 10,000 records is asked for each of them in turn."""


def _last_parsed(path: str) -> list[Any]:
    status = os.lstat(path)
    key = (path, status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _last:
        _last.clear()
        _last[key] = parsed_file(path)
    return _last[key]


def sides(data: bytes) -> tuple[bytes, bytes]:
    """Both sides of a text with conflict markers; what the common ancestor had goes."""
    made: tuple[list[bytes], list[bytes]] = ([], [])
    where = "both"
    for line in data.split(b"\n"):
        if line.startswith(b"<<<<<<<"):
            where = "ours"
        elif line.startswith(b"|||||||") and where == "ours":
            where = "base"
        elif line.startswith(b"=======") and where in ("ours", "base"):
            where = "theirs"
        elif line.startswith(b">>>>>>>") and where == "theirs":
            where = "both"
        else:
            for side, name in zip(made, ("ours", "theirs"), strict=True):
                if where in ("both", name):
                    side.append(line)
    return b"\n".join(made[0]), b"\n".join(made[1])


def unpacked(text: str) -> bytes:
    """What Base64 of zlib holds, up to MAX_LINE bytes. Raises Unreadable."""
    try:
        packed = base64.b64decode(text.encode("ascii"), validate=True)
        worker = zlib.decompressobj()
        data = worker.decompress(packed, MAX_LINE)
    except (ValueError, zlib.error):
        raise Unreadable("not Base64 of zlib, or cut off") from None
    if worker.unconsumed_tail:
        raise Unreadable(f"unpacks to more than {MAX_LINE} bytes")
    if not worker.eof:
        raise Unreadable("packed data that is cut off")
    return data
