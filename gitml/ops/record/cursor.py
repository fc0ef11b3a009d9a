"""Where reading a session stopped, and whether the bytes before that are still the ones that were read."""

import os

from gitml.model.digest import hexhash
from gitml.model.streams import DERIVER_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HEAD = 4096
TAIL = 65536
"""Bytes hashed at the start of a file and before the offset. Hashing all of a 100 MB transcript at every Stop would
cost 100 ms; a client that rewrites one changes its first line (the session's head) or its last turns."""

DOCUMENT = ".json"


def check(path: str, offset: int) -> str:
    """A hash of the file's head and of the bytes before ``offset``; of a document, whose client may have changed
    anything in it, of all that. Raises OSError."""
    if path.endswith(DOCUMENT):
        from gitml.agents.documents import standing

        return hexhash(standing(path, offset), 24)
    with open(path, "rb") as file:
        head = file.read(min(HEAD, offset))
        file.seek(max(0, offset - TAIL))
        tail = file.read(min(TAIL, offset))
    return hexhash(head + tail, 24)


def mark(path: str, offset: int, seen: os.stat_result, reader: "dict[str, Any]", **more: "Any") -> "dict[str, Any]":
    """A place in a file to resume from. ``seen`` is the file's status *before* it was read: what a client appended
    meanwhile must count as new. Raises OSError.
    """
    return {
        "path": path,
        "inode": seen.st_ino,
        "size": seen.st_size,
        "mtime": seen.st_mtime_ns,
        "offset": offset,
        "check": check(path, offset),
        "reader": reader,
        **more,
    }


def holds(place: "Any", path: str) -> bool:
    """Whether what was read before the mark's offset still stands in the file, under this or an earlier path."""
    try:
        offset = place["offset"]
        return bool(os.path.getsize(path) >= offset and check(path, offset) == place["check"])
    except (OSError, KeyError, TypeError):
        return False


def may_have_moved(places: "dict[str, tuple[str, Any]]", secrets: "list[list[Any]]") -> bool:
    """Whether what secrets were read from may stand elsewhere by now, or read otherwise: in a document, behind the
    place at which reading goes on, or anywhere in one that was changed before that. ``places``: {name of a file:
    (path, mark)}."""
    files = {name: at for name, at in places.items() if at[0].endswith(DOCUMENT)}
    ends: dict[str, int] = {}
    for name in {str(secret[1]) for secret in secrets}.intersection(files):
        path, place = files[name]
        ends[name] = place["offset"] if holds(place, path) else 0
    return any(offset >= ends[name] for _, name, offset, *_ in secrets if name in ends)


def unchanged(place: "Any", path: str, seen: os.stat_result) -> bool:
    """Whether the file is the one, and as long, as it was when the mark was made."""
    try:
        noted = (place["path"], place["inode"], place["size"], place["mtime"])
    except (KeyError, TypeError):
        return False
    return bool(noted == (path, seen.st_ino, seen.st_size, seen.st_mtime_ns))


def current(cursor: "dict[str, Any] | None") -> "dict[str, Any] | None":
    """The cursor if this version of derivation made it; None says: read it all again."""
    if cursor is None or cursor.get("deriver") != DERIVER_VERSION or cursor.get("v") != 1:
        return None
    return cursor
