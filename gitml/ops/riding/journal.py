"""What a running commit was given, written down before it is given. The hook path imports this.

One file a commit, ``<local>/riding/<work tree>/<git's process number>[.partial].json``: the hook's shell text tells by
the names alone whether anything was left behind.
"""

import json
import os

from gitml.git import process, reflog
from gitml.redact.gate import seal_state
from gitml.store.files import entries, make_dirs, read_bytes, remove_files, write_atomic
from gitml.store.layout import DATA

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.store.layout import Layout

LIVE = f"{DATA}/tracked/live"
"""Where published parts lie, as git names it."""

PARTIAL = ".partial"


class Ride:
    """What the commit that git's process ``pid`` makes was given: ``blobs`` {path: blob id}.

    ``since`` tells that process from a later one of the same number; ``partial``: it commits from a copy of the index;
    ``log``: how long HEAD's log was before, so that the commit is found wherever HEAD is by then.
    """

    __slots__ = ("blobs", "log", "partial", "pid", "since")

    def __init__(self, pid: int, since: str, partial: bool, blobs: "dict[str, str]", log: int = reflog.NONE) -> None:
        self.log = log
        self.pid = pid
        self.since = since
        self.partial = partial
        self.blobs = blobs

    @property
    def running(self) -> bool:
        """Whether that git is still at work."""
        return process.alive(self.pid, self.since)


def write(layout: "Layout", ride: Ride) -> None:
    """Make the ride durable. Raises OSError."""
    make_dirs(_folder(layout))
    state = {"pid": ride.pid, "since": ride.since, "blobs": ride.blobs, "log": ride.log}
    write_atomic(_path(layout, ride), seal_state(state).data, 0o600)


def drop(layout: "Layout", ride: Ride) -> None:
    """Forget a ride that is over."""
    remove_files([_path(layout, ride)])


def rides(layout: "Layout") -> "list[Ride]":
    """This work tree's rides, running ones too. A file that cannot be read is an empty ride of its process."""
    found = [entry for entry in entries(_folder(layout)) if entry.name.endswith(".json")]
    return [_read(entry.path, entry.name) for entry in found]


def over(layout: "Layout") -> "list[Ride]":
    """The rides whose git has ended."""
    return [ride for ride in rides(layout) if not ride.running]


def _read(path: str, name: str) -> Ride:
    number = name.partition(".")[0]
    pid = int(number) if number.isdigit() else 0
    try:
        state = json.loads(read_bytes(path))
        blobs = {str(path): str(blob) for path, blob in state["blobs"].items()}
        return Ride(pid, str(state["since"]), PARTIAL in name, blobs, int(state.get("log", reflog.NONE)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Ride(pid, "", PARTIAL in name, {})


def _folder(layout: "Layout") -> str:
    return os.path.join(layout.local, "riding", layout.worktree)


def _path(layout: "Layout", ride: Ride) -> str:
    return os.path.join(_folder(layout), f"{ride.pid}{PARTIAL if ride.partial else ''}.json")
