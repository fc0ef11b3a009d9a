"""A holder as ``--json`` shows it."""

from __future__ import annotations

import os
from typing import Any

from gitml.git import head
from gitml.git import where as locations
from gitml.ops.registry.holder import Holder
from gitml.redact.gate import clean_text


def shown(holder: Holder) -> dict[str, Any]:
    """Keys: number state age_seconds silent why role goal worktree branch cwd pid agent session_id by registered_at
    ended_at marked_inactive_at. ``branch``: what is checked out there now, as long as somebody holds the number."""
    return {
        "number": holder.number,
        "state": holder.state,
        "age_seconds": round(holder.age, 1),
        "silent": holder.silent,
        "why": holder.why,
        "role": holder.role,
        "goal": holder.goal,
        "worktree": holder.worktree,
        "branch": _branch(holder),
        "cwd": holder.cwd,
        "pid": holder.pid or None,
        "agent": holder.agent,
        "session_id": holder.session_id,
        "by": holder.text("by"),
        "registered_at": holder.text("registered_at"),
        "ended_at": holder.ended_at or None,
        "marked_inactive_at": holder.marked_at or None,
    }


def _branch(holder: Holder) -> str:
    there = locations.at(holder.worktree) if holder.held and os.path.isdir(holder.worktree) else None
    return clean_text(head.worked_on(there.git_dir)) if there is not None else holder.text("branch")
