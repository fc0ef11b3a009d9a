"""Sessions that ended without a word: an interrupt or a kill fires no hook, so the next session's start looks after
them."""

import os
import time

from gitml.errors import GitmlError
from gitml.ops.raw.aside import capture_others
from gitml.ops.record.cursor import unchanged
from gitml.ops.record.ingest import sync_session
from gitml.ops.record.running import find_session
from gitml.store import cursors, leftovers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.ops.context import Context

LONGEST = 60.0
"""Seconds. It runs beside the user's work, in a process of its own; what is left waits for the next start."""


def sweep_aside(context: "Context", running: str) -> None:
    """``sweep`` in a process of its own; returns at once."""
    from gitml.git.process import detach

    detach(lambda: sweep(context, running))


def sweep(context: "Context", running: str) -> int:
    """Take in what grew of every session read here before, but the ``running`` one, and capture it. Returns how many
    grew.

    What killed processes left half written goes, too.
    """
    deadline = time.monotonic() + LONGEST
    leftovers.sweep(context.layout)
    grown = 0
    for agent, session_id, cursor in cursors.all(context.layout):
        if session_id != running and time.monotonic() < deadline and context.config.reads(agent) and _grew(cursor):
            grown += _take(context, agent, session_id, deadline)
    capture_others(context, running, deadline)
    return grown


def _grew(cursor: "dict[str, Any]") -> bool:
    place = cursor.get("main")
    path = place.get("path") if isinstance(place, dict) else None
    try:
        return isinstance(path, str) and not unchanged(place, path, os.stat(path))
    except OSError:  # moved or deleted: there is nothing to take, and what was taken stays
        return False


def _take(context: "Context", agent: str, session_id: str, deadline: float) -> bool:
    try:
        found = find_session(agent, session_id)
        if found is None:
            return False
        sync_session(context, found[0], found[1], deadline=deadline)
    except (GitmlError, OSError, KeyError, ValueError):
        return False
    return True
