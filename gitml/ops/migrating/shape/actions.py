"""An action: ``action_type``, ``target``, ``success``, ``result_summary``, ``context``."""

from __future__ import annotations

from gitml.ops.migrating.shape.old import Old, Record

TIMES = ("timestamp", "created_at", "time")


def shape(old: Old) -> Record:
    """The record without what every stream has."""
    made: Record = {
        "session_id": old.text("session_id", "session") or "",
        "tool": old.text("tool", "action_type", "tool_name", "type") or "",
        "target": old.text("target"),
        "ok": old.truth("ok", "success"),
        "summary": old.text("summary", "result_summary", "result"),
    }
    chat, duration = old.text("chat_id"), old.number("duration_ms")
    if chat is not None:
        made["chat_id"] = chat
    if duration is not None:
        made["duration_ms"] = duration
    return made
