"""Killing a piece of work at its n-th touch of the world: round each process it starts and name it changes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

TOUCHES = ("posix_spawnp", "link", "rename", "unlink", "utime", "write", "mkdir")


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Do the work in a child that is killed at its touch ``number``. Returns whether it came that far.

    Waits for what the child has started: a push goes on when its parent is gone.
    """
    ours, theirs = os.pipe()
    os.set_inheritable(theirs, True)
    pid = os.fork()
    if pid == 0:
        _child(number, work)
    os.close(theirs)
    _, status = os.waitpid(pid, 0)
    while os.read(ours, 1):
        pass
    os.close(ours)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _child(number: int, work: Callable[[], object]) -> None:
    left = number

    def touch() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            touch()
            done = real(*arguments, **named)
            touch()
            return done

        return call

    for name in TOUCHES:
        setattr(os, name, wrapped(getattr(os, name)))
    try:
        work()
    finally:
        os._exit(0)
