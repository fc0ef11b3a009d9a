"""Whether this clone's hooks are in place, and when they last did anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.git.run import run
from gitml.model import times
from gitml.store.files import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.ops.context import Context

AGENT_MARK = b"gitml hook claude"
GIT_MARK = b"gitml hook git"
MOST = 4 * 1024 * 1024
"""Bytes read of a settings file or hook; one larger than that is not looked at further."""


def pulse(context: Context) -> dict[str, Any]:
    """Keys: agent_hooks git_hooks (bool: found where they belong), last_event (timestamp or null).

    The last event is the newest change of a cursor or of the log: every hook that records anything moves one of them.
    """
    return {
        "agent_hooks": any(_holds(path, AGENT_MARK) for path in _settings(context)),
        "git_hooks": any(_holds(path, GIT_MARK) for path in _git_hooks(context)),
        "last_event": _last_event(context),
    }


def _settings(context: Context) -> Iterator[str]:
    root = context.where.root
    own = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    for folder in (os.path.join(root, ".claude"), own):
        yield os.path.join(folder, "settings.json")
        yield os.path.join(folder, "settings.local.json")


def _git_hooks(context: Context) -> Iterator[str]:
    root = context.where.root
    asked = run(root, "rev-parse", "--git-path", "hooks", check=False)
    folder = os.fsdecode(asked.out).rstrip("\n")
    if asked.code == 0 and folder:
        yield os.path.join(root, folder, "pre-commit")
    yield os.path.join(root, ".husky", "pre-commit")


def _holds(path: str, mark: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return mark in file.read(MOST)
    except OSError:
        return False


def _last_event(context: Context) -> str | None:
    layout = context.layout
    files = [entry for agent in entries(layout.cursors) for entry in entries(agent.path)] + entries(layout.logs)
    newest = max((entry.stat(follow_symlinks=False).st_mtime for entry in files), default=0.0)
    return times.of_epoch(newest) if newest else None
