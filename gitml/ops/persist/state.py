"""What became of the last attempt at a commit of gitml's own: ``<local>/own/<work tree>.json``.

``did`` (delivered, committed, nothing, waits), ``why`` it waits, ``when``, ``window_us`` (between the branch's move and
the index's), ``made`` (the newest commits gitml made here).
"""

import json
import os
import time

from gitml.model.times import of_epoch
from gitml.redact.gate import seal_state
from gitml.store.files import make_dirs, read_bytes, safe_name, write_atomic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.store.layout import Layout

DELIVERED, COMMITTED, NOTHING, WAITS = "delivered", "committed", "nothing", "waits"
"""DELIVERED: the remote has it. COMMITTED: it is in this clone's history, and nobody was asked to push it."""

MOST_MADE = 50
"""Commits remembered: those a branch may still be ahead by, or whose place the next one takes."""


class Outcome:
    """How an attempt ended, and ``why`` it waits. ``commit``: what was made or pushed; ``window``: seconds between
    branch and index; ``parts`` that left the spool."""

    __slots__ = ("commit", "did", "parts", "why", "window")

    def __init__(self, did: str, why: str = "", commit: str = "", window: float = 0.0, parts: int = 0) -> None:
        self.did = did
        self.why = why
        self.commit = commit
        self.window = window
        self.parts = parts


def lock(layout: "Layout") -> str:
    """The lock file of who makes own commits in this work tree. Held while it pushes, so it is not the store's lock."""
    return _path(layout, ".lock")


def last(layout: "Layout") -> "dict[str, Any]":
    """What was noted last; nothing where nobody tried, or the file is damaged."""
    try:
        state = json.loads(read_bytes(_path(layout, ".json")))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def made(layout: "Layout") -> "list[str]":
    """Ids of commits gitml made here, oldest first."""
    listed = last(layout).get("made")
    return [str(one) for one in listed] if isinstance(listed, list) else []


def remember_made(layout: "Layout", commit: str) -> None:
    """Note a commit before the branch moves to it. Raises OSError."""
    _write(layout, last(layout) | {"made": [*made(layout), commit][-MOST_MADE:]})


def remember(layout: "Layout", outcome: Outcome) -> None:
    """Note how it ended. Raises OSError."""
    what = {
        "did": outcome.did,
        "why": outcome.why,
        "when": of_epoch(time.time()),
        "window_us": round(outcome.window * 1e6),
        "made": made(layout),
    }
    _write(layout, what)


def _write(layout: "Layout", what: "dict[str, Any]") -> None:
    path = _path(layout, ".json")
    make_dirs(os.path.dirname(path))
    write_atomic(path, seal_state(what).data, 0o600)


def _path(layout: "Layout", suffix: str) -> str:
    return os.path.join(layout.local, "own", safe_name(layout.worktree) + suffix)
