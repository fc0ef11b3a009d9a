"""How long a hook waits for the remote: all of its budget; little for a while after one has waited in vain.

What it does not wait for goes on behind it. The mark is a file of the local state. The hook path imports this.
"""

import os
import time

from gitml.store.files import make_dirs, remove_files, write_atomic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.layout import Layout

BRIEF = 1.0
"""Seconds for the push after that. A remote that is well takes a tenth of it."""

LASTS = 300.0
"""Seconds until the whole budget is tried again, where nothing has arrived meanwhile."""

MARK = "remote.slow"


def deadline(context: "Context", started: float) -> float:
    """Until when a hook that began at ``started`` may wait, by the monotonic clock."""
    until = started + float(context.config.get("hook_budget_ms")) / 1000
    return min(until, time.monotonic() + BRIEF) if is_slow(context.layout) else until


def is_slow(layout: "Layout") -> bool:
    """Whether somebody waited in vain of late."""
    try:
        return 0 <= time.time() - os.stat(_path(layout)).st_mtime < LASTS
    except OSError:
        return False


def in_vain(layout: "Layout") -> None:
    """Note that the remote took too long; a note that is there stays as old as it is. Raises OSError."""
    if not is_slow(layout):
        make_dirs(layout.local)
        write_atomic(_path(layout), b"", 0o600)


def answered(layout: "Layout") -> None:
    """The remote took something."""
    remove_files([_path(layout)])


def _path(layout: "Layout") -> str:
    return os.path.join(layout.local, MARK)
