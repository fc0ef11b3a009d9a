"""Which sessions may still go on, so that nothing final is said of them and nothing of theirs is cleaned away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.model import times

if TYPE_CHECKING:
    from collections.abc import Iterable

QUIET = 300
"""Seconds after its last word in which a session counts as active."""
AT_WORK = 12 * 3600
"""The same where its last turn has no end: a tool may run for hours, and asks for nothing meanwhile."""


def unfinished(chats: Iterable[dict[str, Any]]) -> set[str]:
    """The session ids whose newest chat has no final answer. ``chats``: those of one session by time."""
    last = {str(chat.get("session_id")): chat.get("status") for chat in chats}
    return {session_id for session_id, status in last.items() if status == "unfinished"}


def is_active(session: dict[str, Any], unfinished: bool, now: float) -> bool:
    """Whether a session may go on at ``now`` (seconds since 1970). Told by the times in the transcript: those of the
    file change when it is copied."""
    last = times.millis(str(session.get("updated_at") or session.get("ended_at") or "")) / 1000
    return now - last < (AT_WORK if unfinished else QUIET)
