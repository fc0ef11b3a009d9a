"""Carrying out a plan. The only module of the set-up that changes anything."""

from __future__ import annotations

import os
import stat

from gitml.errors import GitmlError
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import content
from gitml.ops.setup.plan import Move, Plan, Write
from gitml.store.files import remove_if_empty, write_atomic


def apply(plan: Plan, memory: Memory) -> None:
    """Do every step. What will be inserted is remembered first, so that a kill in between leaves nothing unknown.

    Raises GitmlError where a file is no longer what the plan saw, or cannot be written; what was done stays done.
    """
    for step in plan.steps:
        _unchanged(step)
    if memory.take_in(plan, taken_out=False):
        memory.save()
    for step in plan.steps:
        _do(step)
    for folder in plan.folders:
        remove_if_empty(folder)
    if memory.take_in(plan, taken_out=True):
        memory.save()


def _unchanged(step: Write | Move) -> None:
    if isinstance(step, Write) and step.before is not None and content(step.path) != step.before:
        raise GitmlError("changed while gitml looked at it", where=step.path, hint="run the command again")


def _do(step: Write | Move) -> None:
    try:
        if isinstance(step, Move):
            os.rename(step.path, step.to)
        elif step.after is None:
            os.unlink(step.path)
        else:
            _write(step.path, step.after, step.mode)
    except OSError as error:
        raise GitmlError(f"cannot {step.verb} it ({error.strerror})", where=step.path) from None


def _write(path: str, data: bytes, mode: int | None) -> None:
    """An existing file keeps its mode; ``mode`` adds to it. A new one gets what the umask leaves of ``mode``."""
    kept = _mode(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if kept is None:
        write_atomic(path, data, mode or 0o644)
        return
    write_atomic(path, data, kept)
    os.chmod(path, kept | (mode or 0) & 0o111)  # write_atomic's mode passes the umask


def _mode(path: str) -> int | None:
    try:
        return stat.S_IMODE(os.lstat(path).st_mode)
    except FileNotFoundError:
        return None
