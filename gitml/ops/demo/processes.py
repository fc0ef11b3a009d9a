"""Killing a machine: every process started on it, at once. A machine's processes are told by its home.

Found in /proc. Where there is none, nothing is found, and the machine's folder is all that goes.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

SERVER = (b"receive-pack", b"upload-pack")
"""What git starts at the other end of a push or a fetch. That is no part of the machine."""

PAUSE = 0.005


def kill_all(home: str, server: str) -> int:
    """SIGKILL to all processes whose HOME is ``home``, until none is left; how many were hit.

    Spared are those at the other end of a connection: they work in ``server``, and see it cut.
    """
    hit: set[int] = set()
    quiet = 0
    while quiet < 2:  # one that was being started during the first look is found by the second
        found = of_home(home, server)
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        hit.update(found)
        quiet = 0 if found else quiet + 1
        time.sleep(PAUSE)
    return len(hit)


def of_home(home: str, server: str) -> list[int]:
    """The processes of a machine that are alive. Without this one."""
    mark = b"HOME=" + os.fsencode(home)
    numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()] if os.path.isdir("/proc") else []
    mine = [pid for pid in numbers if pid != os.getpid() and mark in _read(pid, "environ").split(b"\0")]
    return [pid for pid in mine if not _serves(pid, server)]


def _serves(pid: int, server: str) -> bool:
    if any(name in _read(pid, "cmdline") for name in SERVER):
        return True
    try:
        folder = os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return False
    return os.path.commonpath([folder, server]) == server


def _read(pid: int, name: str) -> bytes:
    """A file of a process; empty where the process is gone or somebody else's."""
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""
