"""The one lock of a clone's local state. Held for milliseconds; re-entrant within a thread.

``fcntl.flock`` and not filelock: importing that costs 40 ms, more than the hook's own work. POSIX alone, as is all of
the store, which needs ``O_NOFOLLOW`` and folders that can be made durable.
"""

import fcntl
import os
import time
from _thread import RLock

from gitml.errors import Busy
from gitml.store.files import make_dirs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

PAUSE = 0.005
"""Seconds between two tries. An append takes about 1 ms, so a waiter sleeps through five of them at most."""


class Hold:
    """A context manager that holds the lock file. One object a path and process; counts how often it is entered."""

    __slots__ = ("depth", "descriptor", "path", "threads", "timeout")

    def __init__(self, path: str) -> None:
        self.path = path
        self.timeout = 0.0
        self.depth = 0
        self.descriptor = -1
        self.threads = RLock()

    def __enter__(self) -> "Hold":
        timeout = self.timeout
        deadline = time.monotonic() + timeout
        if not self.threads.acquire(timeout=max(timeout, 0.0)):
            raise _busy(self.path, timeout)
        try:
            if self.depth == 0:
                self.descriptor = _locked(self.path, deadline, timeout)
        except BaseException:
            self.threads.release()
            raise
        self.depth += 1
        return self

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None"
    ) -> None:
        self.depth -= 1
        if self.depth == 0:
            os.close(self.descriptor)  # gives the lock back, also where the process is killed
            self.descriptor = -1
        self.threads.release()


_holds: "dict[tuple[int, str], Hold]" = {}


def hold(path: str, timeout: float = 10.0) -> Hold:
    """Hold the lock at ``path`` for the length of a ``with``; ``timeout`` in seconds. Raises Busy on entering.

    A forked child shares nothing of its parent's hold: it waits like any other process.
    """
    key = (os.getpid(), path)
    found = _holds.get(key)
    if found is None:
        found = _holds.setdefault(key, Hold(path))
    found.timeout = timeout
    return found


def _locked(path: str, deadline: float, timeout: float) -> int:
    make_dirs(os.path.dirname(path))
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            while not _try(descriptor):
                if time.monotonic() >= deadline:
                    raise _busy(path, timeout)
                time.sleep(PAUSE)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # somebody removed the file while we waited; what we hold is nobody's lock


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(descriptor: int, path: str) -> bool:
    try:
        there = os.stat(path)
    except OSError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)


def _busy(path: str, timeout: float) -> Busy:
    return Busy(f"another gitml holds the lock for more than {timeout:g} s", where=path, hint="run the command again")
