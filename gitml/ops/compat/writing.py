"""Writing those files whenever records are appended. Imported only where ``compat.write_local_files`` is on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gitml.model.jsonl import decode
from gitml.ops.compat import files, keys
from gitml.redact.gate import seal_state
from gitml.store import log
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.model.sealed import Sealed
    from gitml.ops.context import Context

Record = dict[str, Any]


def write(context: Context, lines: Sequence[Sealed]) -> None:
    """Write what these lines, which passed the gate, say of chats and sessions. Never raises: recording comes first,
    and what could not be written is in the log."""
    data = context.layout.data
    if not os.path.isdir(data) or os.path.islink(data):
        return
    try:
        records = [
            (line.stream, decode(line.data)) for line in lines if line.stream in ("chats", "sessions", "actions")
        ]
        with hold(context.layout.lock, 1.0):  # two sessions may write one file
            _write(data, records)
    except Exception as error:
        log.note(context.layout, seal_state({"level": "error", "trace": f"compat.write_local_files: {error}"}))


def _write(data: str, records: list[tuple[str, Record]]) -> None:
    sessions: dict[str, Record] = {}
    for stream, record in records:
        if stream == "chats":
            files.write(data, files.chat_path(data, record), keys.chat(record))
        if stream == "sessions":
            path = files.session_path(data, str(record.get("session_id")))
            sessions[path] = keys.session(record, files.read(path))
    for stream, record in records:
        if stream in ("chats", "actions"):
            _list(sessions, data, record, "chat_ids" if stream == "chats" else "action_ids")
    for path, session in sessions.items():
        files.write(data, path, session)


def _list(sessions: dict[str, Record], data: str, record: Record, key: str) -> None:
    """Name a chat or an action in its session's file, if there is one."""
    path = files.session_path(data, str(record.get("session_id")))
    if path not in sessions:
        sessions[path] = files.read(path)
    if not sessions[path]:
        del sessions[path]
    elif record["id"] not in sessions[path][key]:
        sessions[path][key].append(record["id"])
