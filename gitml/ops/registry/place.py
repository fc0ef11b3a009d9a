"""On which machine, in whose processes' sight: a process number means something only there. The hook path imports this.

Two machines that share a folder have different starts (``boot``); two containers on one machine have one start, and
each its own processes (``pids``); a system without both is told by its name alone.
"""

import os

from gitml.store.heartbeats import boot_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def here() -> "dict[str, Any]":
    """Keys: boot host pids; texts, "" where the system does not say."""
    return {"boot": boot_id(), "host": os.uname().nodename, "pids": _process_space()}


def _process_space() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
