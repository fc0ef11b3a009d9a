"""Taking back what a commit that never was left staged, and giving the index what a partial commit kept from it.

The hook path imports this. Only paths of the journal are touched, and only where index and file hold our own bytes.
"""

import os
import time

from gitml.errors import Busy
from gitml.git import placing, reflog, refs, staging
from gitml.git.objects import blob_id
from gitml.git.run import GitFailed
from gitml.git.staging import COPY
from gitml.ops.riding import journal
from gitml.ops.riding.journal import LIVE
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from gitml.ops.context import Context

    T = TypeVar("T")

PAUSE = 0.05
"""Seconds between two tries while somebody holds the index."""

INDEX_SECONDS = 1.0
"""How long post-commit waits for the index: whoever else looks at the repository holds it for milliseconds."""

LONGEST_COMMIT = 6 * 3600.0
"""Seconds a commit may wait in its editor before nobody waits for it any more; the next hook then sees to it."""


def take_back(context: "Context", index: str = "", patience: float = 0.0) -> int:
    """See to every ride that is over: its paths are in HEAD, or they leave ``index`` and work tree. Returns how many.

    While git holds the index it is tried again for ``patience`` seconds; then the journal stays for the next hook.
    Raises GitFailed, OSError, Busy.
    """
    if not journal.over(context.layout):
        return 0
    return _patiently(lambda: _try_all(context, index, patience), patience)


def mend(context: "Context", ride: "journal.Ride") -> None:
    """See to a ride of this process, whose work is over. Raises GitFailed, OSError, Busy: the journal stays."""
    with hold(context.layout.lock):
        _mend(context, ride, "")
        journal.drop(context.layout, ride)


def after_commit(context: "Context") -> None:
    """Put into the index what a partial commit carried past it; else the next commit would delete it again.

    git writes a partial commit from a copy of the index. The rides stay in the journal until their git has ended.
    Those whose git has ended are taken back. Raises GitFailed, Busy, OSError.
    """
    partial = [ride for ride in journal.rides(context.layout) if ride.partial and ride.blobs]
    _patiently(lambda: _add_all(context, partial), INDEX_SECONDS)
    take_back(context)


def watch(context: "Context", pid: int) -> None:
    """Wait, in a process of its own, for the end of a git that was given parts; then settle what became of them."""
    if any(ride.pid == pid and ride.blobs for ride in journal.rides(context.layout)):
        from gitml.git.process import detach, started

        since = started(pid)
        detach(lambda: _afterwards(context, pid, since))


def _afterwards(context: "Context", pid: int, since: str) -> None:
    from gitml.git.process import wait
    from gitml.ops.riding.settle import settle

    if wait(pid, since, LONGEST_COMMIT):
        settle(context, patience=10.0)


def _patiently(work: "Callable[[], T]", patience: float) -> "T":
    deadline = time.monotonic() + patience
    while True:
        try:
            return work()
        except (GitFailed, Busy):
            if time.monotonic() >= deadline:
                raise
        time.sleep(PAUSE)


def _try_all(context: "Context", index: str, patience: float) -> int:
    with hold(context.layout.lock, max(patience, 0.5)):
        rides = journal.over(context.layout)
        _unlock(context)
        for ride in rides:
            _mend(context, ride, index)
            journal.drop(context.layout, ride)
    return len(rides)


def _unlock(context: "Context") -> None:
    """A process that was killed while it moved branch and index left the index locked."""
    git_dir = context.where.git_dir
    if os.path.lexists(os.path.join(git_dir, COPY)) and not any(ride.running for ride in journal.rides(context.layout)):
        from gitml.git.moving import release

        release(git_dir)


def _mend(context: "Context", ride: "journal.Ride", index: str) -> None:
    if not ride.blobs:
        return
    root = context.where.root
    if ride.partial:
        _add_missing(context, ride, index)
    lost = _lost(context, ride)
    if not lost:
        return
    held = staging.staged(root, LIVE, index)
    ours = [path for path, blob in lost.items() if held.get(path) == blob]
    if ours:
        staging.remove(root, ours, index)
    for path, blob in lost.items():
        if path in ours or path not in held:
            _delete(root, path, blob)


def _lost(context: "Context", ride: "journal.Ride") -> "dict[str, str]":
    """What of a ride its commit does not hold; all of it where there was none.

    Looking at HEAD alone is not enough: a checkout and a merge right after the commit have its parts in the index
    before HEAD is at a commit that holds them.
    """
    lost = _but(ride.blobs, staging.committed(context.where.root, "HEAD", ride.blobs))
    if not lost:
        return lost
    been = reflog.since(context.where.git_dir, ride.log)
    if been is None:
        been = refs.tips(context.where.root, context.where.common_dir)
    for commit in been:
        lost = _but(lost, staging.committed(context.where.root, commit, lost)) if lost else lost
    return lost


def _but(blobs: "dict[str, str]", held: "dict[str, str]") -> "dict[str, str]":
    return {path: blob for path, blob in blobs.items() if held.get(path) != blob}


def _add_all(context: "Context", rides: "list[journal.Ride]") -> None:
    for ride in rides:
        _add_missing(context, ride)


def _add_missing(context: "Context", ride: "journal.Ride", index: str = "") -> None:
    root = context.where.root
    carried = staging.committed(root, "HEAD", ride.blobs)
    held = staging.staged(root, LIVE, index)
    missing = [path for path, blob in ride.blobs.items() if carried.get(path) == blob and path not in held]
    present = [path for path in missing if _is(placing.holds(root, path), ride.blobs[path])]
    if present:
        staging.add(root, present, index)


def _delete(root: str, path: str, blob: str) -> None:
    placing.take_away(root, path, lambda data: _is(data, blob))


def _is(data: "bytes | None", blob: str) -> bool:
    return data is not None and blob_id(data, len(blob)) == blob
