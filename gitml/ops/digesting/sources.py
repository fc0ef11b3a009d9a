"""Where a session's transcript is on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.ops.record.running import find_session
from gitml.store import cursors

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context


def source_of(context: Context, session: dict[str, Any]) -> tuple[Adapter, Source] | None:
    """The adapter and transcript of a recorded session: where its agent keeps them, else where it was read last.

    None where it is gone, or of an agent that this version does not read.
    """
    agent, session_id = str(session.get("agent")), str(session.get("session_id"))
    if not registry.knows(agent):
        return None
    return find_session(agent, session_id) or _where_read(context, agent, session_id)


def _where_read(context: Context, agent: str, session_id: str) -> tuple[Adapter, Source] | None:
    place = (cursors.load(context.layout, agent, session_id) or {}).get("main")
    path = place.get("path") if isinstance(place, dict) else None
    if not isinstance(path, str):
        return None
    adapter = registry.adapter(agent)
    source = adapter.at(path, os.path.dirname(path))
    return (adapter, source) if source is not None and source.session_id == session_id else None
