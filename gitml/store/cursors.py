"""How far each session's transcript has been read: ``cursors/<agent>/<session>.json``. The hook path imports this."""

import json
import os

from gitml.model.sealed import check
from gitml.store.files import entries, make_dirs, plain_name, read_bytes, remove_files, safe_name, write_atomic
from gitml.store.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitml.model.sealed import Sealed

    Cursor = dict[str, Any]

SUFFIX = ".json"


def load(layout: Layout, agent: str, session_id: str) -> "Cursor | None":
    """The session's cursor; None where there is none or it is damaged: the session is then read from its start."""
    return _read(_path(layout, agent, session_id))


def save(layout: Layout, agent: str, session_id: str, sealed: "Sealed") -> None:
    """Replace the session's cursor, durably. Call it after the records it stands for are durable. Raises OSError."""
    data = check(sealed).data
    path = _path(layout, agent, session_id)
    make_dirs(os.path.dirname(path))
    write_atomic(path, data, 0o600)


def forget(layout: Layout, agent: str, session_id: str) -> None:
    """Remove the session's cursor, if there is one."""
    remove_files([_path(layout, agent, session_id)])


def all(layout: Layout) -> "list[tuple[str, str, Cursor]]":
    """(agent, session id, cursor) of every session that has one; damaged ones are left out."""
    return list(each(layout))


def each(layout: Layout) -> "Iterator[tuple[str, str, Cursor]]":
    """The same, one read after the other: together they may be large."""
    for agent in entries(layout.cursors):
        for entry in entries(agent.path):
            cursor = _read(entry.path) if entry.name.endswith(SUFFIX) else None
            if cursor is not None:
                yield _named(agent.name), _session(entry.name, cursor), cursor


def names(layout: Layout) -> "list[tuple[str, str]]":
    """(agent, session id) of every cursor, damaged or not, by the names of the files; one whose id is cut in its name
    is opened."""
    found = []
    for agent in entries(layout.cursors):
        for entry in entries(agent.path):
            if entry.name.endswith(SUFFIX):
                plain = plain_name(entry.name.removesuffix(SUFFIX))
                found.append(
                    (_named(agent.name), _session(entry.name, _read(entry.path) or {}) if plain is None else plain)
                )
    return found


def _path(layout: Layout, agent: str, session_id: str) -> str:
    return os.path.join(layout.cursors, safe_name(agent), safe_name(session_id) + SUFFIX)


def _read(path: str) -> "Cursor | None":
    try:
        cursor = json.loads(read_bytes(path))
    except (OSError, ValueError, RecursionError):
        return None
    return cursor if isinstance(cursor, dict) else None


def _session(file_name: str, cursor: "Cursor") -> str:
    """A long id is cut in the file name; the cursor itself may hold it."""
    stem = file_name.removesuffix(SUFFIX)
    plain = plain_name(stem)
    return plain if plain is not None else str(cursor.get("session_id") or stem)


def _named(folder: str) -> str:
    plain = plain_name(folder)
    return folder if plain is None else plain
