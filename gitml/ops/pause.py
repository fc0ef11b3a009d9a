"""Stopping and taking up recording in one clone: the file ``paused`` in its local state."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.model import times
from gitml.model.jsonl import decode
from gitml.ops import silence
from gitml.redact.gate import seal_state
from gitml.store.files import make_dirs, read_bytes, remove_files, write_atomic

if TYPE_CHECKING:
    from gitml.ops.context import Context


def pause(context: Context, now: float) -> bool:
    """Stop recording in this clone from ``now`` (seconds since 1970) on. False where it was paused before."""
    if os.path.lexists(_path(context)):
        return False
    make_dirs(context.layout.local)
    write_atomic(_path(context), seal_state({"since": times.of_epoch(now)}).data + b"\n", 0o600)
    return True


def resume(context: Context, now: float) -> bool:
    """Record again from ``now`` on; what was said meanwhile stays out for good. False where nothing was paused."""
    began = since(context)
    if began is None:
        return False
    silence.add_span(context.layout, began, times.of_epoch(now))  # first: a kill in between must not let it be recorded
    remove_files([_path(context)])
    return True


def since(context: Context) -> str | None:
    """When recording was paused; None where it is not. A file that says nothing counts by its own time."""
    path = _path(context)
    if not os.path.lexists(path):
        return None
    try:
        stated = decode(read_bytes(path))
    except (OSError, ValueError):
        stated = None
    text = times.normal(stated.get("since")) if isinstance(stated, dict) else ""
    return text or times.of_epoch(os.lstat(path).st_mtime)


def switched_off() -> bool:
    """Whether ``GITML=off`` is in this environment."""
    return os.environ.get("GITML") == "off"


def _path(context: Context) -> str:
    return os.path.join(context.layout.local, "paused")


def how_to_resume() -> str:
    """The command that switches recording on again."""
    return "unset GITML" if switched_off() else "gitml resume"
