"""Whether this clone's hooks are in place, and when they last fired. ``gitml doctor`` looks closer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.model import times
from gitml.ops import hooklog
from gitml.ops.reading.failures import failing
from gitml.ops.setup import block, hookfolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.ops.context import Context

AGENT_MARK = b"gitml hook claude"
GIT_MARK = block.START.encode()
MOST = 4 * 1024 * 1024
"""Bytes read of a settings file or hook; what stands beyond is not looked at."""


def pulse(context: Context) -> dict[str, Any]:
    """Keys: agent_hooks (in the repository's or the user's settings), git_hooks (each one, where git looks for it),
    last_event (when an agent's hook last ran; timestamp or null), failing (see ``failures``)."""
    folder = hookfolder.find(context.where).folder
    return {
        "agent_hooks": any(_holds(path, AGENT_MARK) for path in _settings(context)),
        "git_hooks": all(_holds(os.path.join(folder, name), GIT_MARK) for name in hookfolder.NAMES),
        "last_event": _last_event(context),
        "failing": failing(context.layout),
    }


def _settings(context: Context) -> Iterator[str]:
    own = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    for folder in (os.path.join(context.where.root, ".claude"), own):
        yield os.path.join(folder, "settings.json")
        yield os.path.join(folder, "settings.local.json")


def _holds(path: str, mark: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return mark in file.read(MOST)
    except OSError:
        return False


def _last_event(context: Context) -> str | None:
    try:
        return times.of_epoch(os.stat(os.path.join(context.layout.local, hooklog.LAST)).st_mtime)
    except OSError:
        return None
