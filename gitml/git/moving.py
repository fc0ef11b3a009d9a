"""Moving a branch and the index to a new commit that adds files, the two back to back: what a person has staged stays.

HEAD and the index are two files, so there is an instant between them. All that can be done before is done before.
The branch goes first: that instant is seen by fewer commands than one with the index ahead of the branch.
"""

import os
import time

from gitml.git import neighbours
from gitml.git.quietly import quietly
from gitml.git.staging import COPY, add
from gitml.git.transaction import NotMoved, Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 0.3
"""Seconds to wait for whoever holds the index."""

STILL, QUIET = 0.05, 0.4
"""Seconds without another git, and the most to wait for them: one that has looked at HEAD and comes to the index after
both have moved would see files staged. A check at the end of a turn starts when our hook does, and is over then."""

PAUSE = 0.005
TRIES = 3
"""How often the copy is made again because the index changed meanwhile."""


class Step:
    """Where to go: ``ref`` ("HEAD" where it is detached) from ``old`` to ``new``, with ``reason`` for the log;
    ``paths`` are the files it adds, in place by now; ``absent`` {path: blob id} those a sparse work tree leaves out.

    ``may`` is asked last of all, with everything locked.
    """

    __slots__ = ("absent", "may", "new", "old", "paths", "reason", "ref")

    def __init__(
        self, ref: str, old: str, new: str, reason: str, paths: "list[str]", absent: "dict[str, str]",
        may: "Callable[[], bool]",
    ) -> None:  # fmt: skip
        self.ref = ref
        self.old = old
        self.new = new
        self.reason = reason
        self.paths = paths
        self.absent = absent
        self.may = may


class Copy:
    """A private index: its ``path``, and the ``stamp`` of the index it was made of."""

    __slots__ = ("path", "stamp")

    def __init__(self, path: str, stamp: "tuple[int, ...]") -> None:
        self.path = path
        self.stamp = stamp


def copied(root: str, git_dir: str, step: Step) -> Copy:
    """A copy of the index with the step's files in it. Raises GitFailed, OSError."""
    copy = _copy(git_dir)
    if step.paths:
        add(root, step.paths, copy.path)
    if step.absent:
        _add_absent(root, step.absent, copy.path)
    return copy


def move(root: str, git_dir: str, step: Step, copy: Copy) -> float:
    """Make the step; the seconds between the ref's move and the index's.

    Raises NotMoved (nothing has moved: the ref or HEAD is elsewhere, the index is locked), GitFailed, OSError.
    """
    neighbours.quiet(root, STILL, QUIET)
    try:
        for _ in range(TRIES):
            window = _try(root, git_dir, step, copy)
            if window is not None:
                return window
            copy = copied(root, git_dir, step)
        raise NotMoved("the index keeps changing", where=root)
    finally:
        release(git_dir)


def release(git_dir: str) -> None:
    """Take away what a move left: its copy, and the lock where it is its own. Only where no move is running."""
    copy, lock = os.path.join(git_dir, COPY), os.path.join(git_dir, "index.lock")
    if not os.path.lexists(copy):
        return
    try:
        if os.path.samestat(os.lstat(copy), os.lstat(lock)):
            os.unlink(lock)
    except FileNotFoundError:
        pass
    for path in (copy, f"{copy}.lock"):
        if os.path.lexists(path):
            os.unlink(path)


def locked(git_dir: str, patience: float = PATIENCE) -> bool:
    """Whether somebody holds the index for longer than that."""
    deadline = time.monotonic() + patience
    while os.path.lexists(os.path.join(git_dir, "index.lock")):
        if time.monotonic() >= deadline:
            return True
        time.sleep(PAUSE)
    return False


def _copy(git_dir: str) -> Copy:
    """With the index's own time: a file changed in the tick the index was written in must still be looked at."""
    release(git_dir)
    path = os.path.join(git_dir, COPY)
    with open(os.path.join(git_dir, "index"), "rb") as file:
        status = os.fstat(file.fileno())
        data = file.read()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(path, flags, status.st_mode & 0o777), "wb") as out:
        out.write(data)
        os.fchmod(out.fileno(), status.st_mode & 0o777)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return Copy(path, _stamp(status))


def _add_absent(root: str, blobs: "dict[str, str]", index: str) -> None:
    lines = b"".join(f"100644 {blob} 0\t{path}\0".encode() for path, blob in blobs.items())
    quietly(root, "update-index", "-z", "--index-info", input=lines, index=index)
    paths = b"".join(path.encode() + b"\0" for path in blobs)
    quietly(root, "update-index", "--skip-worktree", "-z", "--stdin", input=paths, index=index)


def _try(root: str, git_dir: str, step: Step, copy: Copy) -> "float | None":
    """None where the index is another one by now."""
    index, lock = os.path.join(git_dir, "index"), os.path.join(git_dir, "index.lock")
    with Transaction(root, step.reason) as refs:
        refs.update(step.ref, step.new, step.old, itself=step.ref == "HEAD")
        _take(copy.path, lock)
        if _stamp(os.stat(index)) != copy.stamp:
            return None
        refs.prepare()
        if not step.may():
            raise NotMoved("HEAD is elsewhere, or a commit is running", where=root)
        started = time.perf_counter()
        refs.commit()
        os.rename(lock, index)
        return time.perf_counter() - started


def _take(copy: str, lock: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            os.link(copy, lock)
            return
        except FileExistsError:
            if time.monotonic() >= deadline:
                raise NotMoved("somebody holds the index", where=lock) from None
        time.sleep(PAUSE)


def _stamp(status: os.stat_result) -> "tuple[int, ...]":
    return status.st_ino, status.st_size, status.st_mtime_ns
