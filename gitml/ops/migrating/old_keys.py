"""Which lines of a shared file are an older layout's, and which gitml's own."""

from __future__ import annotations

from typing import Any

from gitml.ops.migrating.shape import clock
from gitml.ops.migrating.shape.record import MARK

STREAMS = ("commits", "sessions", "chats", "orchestration", "actions")
"""The streams that the older layout has shared files of."""

OURS: dict[str, type] = {MARK: bool, "deriver": int, "schema_version": int, "session_uid": str, "superseded_by": str}
"""Keys that no older layout has, and what they hold."""

OLD: dict[str, frozenset[str]] = {
    "commits": frozenset("hash message files_changed hour_of_day day_of_week is_merge is_initial hunks".split()),
    "sessions": frozenset(
        "timestamp exchanges queries tools_used files_read files_edited commits_made chat_ids action_ids".split()
    ),
    "chats": frozenset("query response files_referenced files_modified tools_used related_commit query_tokens".split()),
    "actions": frozenset("action_type success result_summary context".split()),
    "orchestration": frozenset(
        "batches parent_session_id total_sub_agents extracted_at batch_count models_used orchestration_detected".split()
    ),
}
"""Keys that gitml's records of a stream never have, unless they were taken in from there."""


def is_old(stream: str, record: dict[str, Any]) -> bool:
    """Whether a record in a file of that stream's name is an older layout's: by its keys, or by a time in another form
    than gitml's one. What is nobody's is not."""
    keys = record.keys()
    if stream not in OLD or any(isinstance(record.get(key), kind) for key, kind in OURS.items()):
        return False
    if not OLD[stream].isdisjoint(keys):
        return True
    if not isinstance(record.get("id"), str) or not record["id"]:
        return stream == "sessions" and isinstance(record.get("session_id"), str)
    when = record.get("started_at" if stream == "sessions" else "timestamp")
    return clock.read(when)[0] not in ("", when)
