"""The files of the older layout in a work tree: where they lie, reading and writing them. No link is followed."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitml.git.worktrees import linked
from gitml.ops.compat.keys import BY, WRITER
from gitml.store.files import entries, make_dirs, read_bytes, safe_name, write_atomic
from gitml.store.layout import DATA

if TYPE_CHECKING:
    from gitml.store.layout import Layout

Record = dict[str, Any]
CHATS, SESSIONS = "chats", "sessions"
IGNORED = b"*\n"
"""In a ``.gitignore`` of their own: what is written beside is in no commit. What is tracked there stays so."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def chat_path(data: str, record: Record) -> str:
    """``chats/<day>/<id>.json`` below a ``.git-ml`` folder."""
    day = str(record.get("timestamp") or "")[:10]
    return os.path.join(data, CHATS, day if _DAY.fullmatch(day) else "undated", f"{safe_name(str(record['id']))}.json")


def session_path(data: str, session_id: str) -> str:
    """``sessions/<id>.json``"""
    return os.path.join(data, SESSIONS, f"{safe_name(session_id)}.json")


def read(path: str) -> Record:
    """What gitml wrote there; empty for everything else. Raises nothing."""
    try:
        value = json.loads(read_bytes(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) and value.get(BY) == WRITER else {}


def write(data: str, path: str, record: Record) -> None:
    """Put a record there, whole or not at all. One of the older tool's own stays. Raises OSError."""
    if os.path.lexists(path) and not read(path):
        return
    folder = os.path.dirname(path)
    _no_links(data, folder)
    make_dirs(folder, 0o755)
    ignore = os.path.join(data, os.path.relpath(path, data).split(os.sep)[0], ".gitignore")
    if not os.path.lexists(ignore):
        write_atomic(ignore, IGNORED)
    replace(path, record)


def replace(path: str, record: Record) -> None:
    """The same for a file that gitml wrote before."""
    write_atomic(path, json.dumps(record, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def written(layout: Layout) -> Iterator[tuple[str, Record]]:
    """(path, record) of every file that gitml wrote, in all work trees of the clone."""
    for data in dict.fromkeys(os.path.join(root, DATA) for root in _roots(layout)):
        if os.path.islink(data):
            continue
        folders = [os.path.join(data, SESSIONS), *_days(os.path.join(data, CHATS))]
        for path in [entry.path for folder in folders for entry in entries(folder) if entry.name.endswith(".json")]:
            record = read(path)
            if record:
                yield path, record


def _days(folder: str) -> Iterator[str]:
    yield from (entry.path for entry in entries(folder) if entry.is_dir(follow_symlinks=False))


def _roots(layout: Layout) -> Iterator[str]:
    common = os.path.dirname(layout.local)
    yield layout.root
    if os.path.basename(common) == ".git":
        yield os.path.dirname(common)
    yield from (tree.root for tree in linked(common) if tree.root)


def _no_links(data: str, folder: str) -> None:
    """Raises OSError where a part of the path is a link: it would lead out of the store."""
    while len(folder) >= len(data):
        if os.path.islink(folder):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), folder)
        folder = os.path.dirname(folder)
