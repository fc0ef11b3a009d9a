"""A session: ``chat_ids``, ``summary``; or ``session_id``, ``queries``, ``exchanges``, ``tools_used``."""

from __future__ import annotations

from gitml.ops.migrating.shape.old import Old, Record

TIMES = ("started_at", "start_time", "timestamp", "created_at")


def shape(old: Old) -> Record:
    """The record without what every stream has."""
    made: Record = {
        "ended_at": old.time("ended_at", "end_time", "completed_at") or None,
        "summary": old.text("summary"),
        "chat_count": _chats(old),
        "commits": old.commits("commits", "commits_made"),
        "session_id": old.text("session_id") or "",
    }
    return made


def _chats(old: Old) -> int:
    """How many chats it tells of: as a number, else by what it lists."""
    said = old.number("chat_count", "exchange_count", "exchanges", "queries")
    if said is not None:
        return said
    for key in ("chat_ids", "exchanges", "queries", "chats"):
        value = old.look(key)
        if isinstance(value, list):
            return len(value)
    return 0
