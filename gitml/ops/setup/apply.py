"""Carrying out a plan. The only module of the set-up that changes anything."""

from __future__ import annotations

import os
import stat

from gitml.errors import GitmlError
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused, content
from gitml.ops.setup.plan import Move, Plan, Write
from gitml.store.files import remove_if_empty, write_atomic


def apply(plan: Plan, memory: Memory) -> list[str]:
    """Do every step, and return what could not be done: a step that fails does not keep the others from being done.

    What will be inserted is remembered first, so that a kill in between leaves nothing unknown. Raises GitmlError,
    with nothing done, where a file is no longer what the plan saw.
    """
    moved = {step.path for step in plan.steps if isinstance(step, Move)}
    for step in plan.steps:
        if isinstance(step, Write) and step.path not in moved:
            _unchanged(step)
    if memory.take_in(plan):
        memory.save()
    failures = [_failure(step, memory) for step in plan.steps]
    for folder in plan.folders:
        remove_if_empty(folder)
    memory.forget(plan.forgotten)
    memory.save()
    return [failure for failure in failures if failure]


def _failure(step: Write | Move, memory: Memory) -> str:
    """Do one step; "" where it is done."""
    try:
        if isinstance(step, Move):
            _move(step)
        else:
            _write(step)
    except OSError as error:
        memory.forget([step.path])
        return f"cannot {step.verb} {step.path} ({error.strerror})"
    except GitmlError as error:
        memory.forget([step.path])
        return str(error)
    return ""


def _unchanged(step: Write) -> None:
    if content(step.path) != step.before:
        raise GitmlError("changed while gitml looked at it", where=step.path, hint="run the command again")


def _move(step: Move) -> None:
    if os.path.lexists(step.to):
        raise Refused("is in the way", where=step.to)
    os.rename(step.path, step.to)


def _write(step: Write) -> None:
    """An existing file keeps its mode; ``step.mode`` adds to it. A new one gets what the umask leaves of it.

    Looked at once more: where moving a hook aside failed, it must not be overwritten.
    """
    _unchanged(step)
    if step.after is None:
        os.unlink(step.path)
        return
    if step.before is None:
        os.makedirs(os.path.dirname(step.path), exist_ok=True)
        write_atomic(step.path, step.after, step.mode or 0o644)
        return
    kept = stat.S_IMODE(os.lstat(step.path).st_mode)
    write_atomic(step.path, step.after, kept)
    os.chmod(step.path, kept | (step.mode or 0) & 0o111)  # what write_atomic makes passes the umask
