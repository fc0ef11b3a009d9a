"""Whether this clone's hooks are in place, and when they last fired. ``gitml doctor`` looks closer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.model import times
from gitml.ops import hooklog
from gitml.ops.reading.failures import failing
from gitml.ops.setup import block, hookfolder
from gitml.ops.setup.clients import CLIENTS, Client

if TYPE_CHECKING:
    from gitml.ops.context import Context

AGENT_MARK = b"gitml hook "
GIT_MARK = block.START.encode()
MOST = 4 * 1024 * 1024
"""Bytes read of a settings file or hook; what stands beyond is not looked at."""


def pulse(context: Context) -> dict[str, Any]:
    """Keys: agent_hooks (any agent's, in the repository's or the user's settings), agents (for each agent that has them
    or has called: ``installed``, and when its hook last ``worked``; timestamp or null), git_hooks (each one, where git
    looks for it), last_event (when an agent's hook last ran; timestamp or null), failing (see ``failures``)."""
    folder = hookfolder.find(context.where).folder
    agents = {client.name: _agent(context, client) for client in CLIENTS}
    return {
        "agent_hooks": any(one["installed"] for one in agents.values()),
        "agents": {name: one for name, one in agents.items() if one["installed"] or one["worked"]},
        "git_hooks": all(_holds(os.path.join(folder, name), GIT_MARK) for name in hookfolder.NAMES),
        "last_event": _when(context, hooklog.LAST),
        "failing": failing(context.layout),
    }


def _agent(context: Context, client: Client) -> dict[str, Any]:
    folders = (os.path.join(context.where.root, client.folder), client.home(os.environ))
    there = any(_holds(os.path.join(folder, name), AGENT_MARK) for folder in folders for name in client.within)
    return {"installed": there, "worked": _when(context, hooklog.WORKED[client.name])}


def _holds(path: str, mark: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return mark in file.read(MOST)
    except OSError:
        return False


def _when(context: Context, mark: str) -> str | None:
    """When a mark in the local state was last touched."""
    try:
        return times.of_epoch(os.stat(os.path.join(context.layout.local, mark)).st_mtime)
    except OSError:
        return None
