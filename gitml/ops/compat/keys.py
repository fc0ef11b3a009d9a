"""A chat and a session under the keys of the older layout. Pure."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]

BY = "written_by"
WRITER = "gitml"
"""What tells a file that gitml wrote from one of the older tool's own."""

EDITING = frozenset({"Edit", "MultiEdit", "NotebookEdit", "Write"})
"""Tools that change files. Which of a chat's files they changed its record does not say."""


def chat(record: Record) -> Record:
    """The file of a chat. Tokens are counted in words, as the older tool did."""
    files, commits = list(record.get("files") or []), list(record.get("commits") or [])
    asked, said = str(record.get("input") or ""), str(record.get("output") or "")
    return {
        "id": record["id"],
        "timestamp": record.get("timestamp"),
        "session_id": record.get("session_id"),
        "query": asked,
        "response": said,
        "files_referenced": files,
        "files_modified": files if EDITING.intersection(record.get("tools") or ()) else [],
        "tools_used": list(record.get("tools") or []),
        "user_feedback": None,
        "query_tokens": len(asked.split()),
        "response_tokens": len(said.split()),
        "resulted_in_commit": bool(commits),
        "related_commit": commits[-1] if commits else None,
        "uuid": record.get("uuid"),
        BY: WRITER,
    }


def session(record: Record, before: Record) -> Record:
    """The file of a session, ``id`` as its chats name it; ``before`` is what the file said, for the lists in it."""
    return {
        "id": record.get("session_id"),
        "started_at": record.get("started_at"),
        "ended_at": record.get("ended_at"),
        "chat_ids": _texts(before.get("chat_ids")),
        "action_ids": _texts(before.get("action_ids")),
        "summary": record.get("summary"),
        "commits_made": list(record.get("commits") or []),
        "record_id": record["id"],
        BY: WRITER,
    }


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
