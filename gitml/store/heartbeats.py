"""When a session last gave a sign: ``heartbeats/<work tree>/<who>``. The hook path imports this.

One small write into a file that is there already: no lock, no fsync. What a crash of the machine loses of it is a few
minutes of a session that ended with the machine. Two clocks stand in it, since the wall clock jumps.
"""

import os
import re
import time

from gitml.model.digest import hexhash
from gitml.store.files import entries, make_dirs, read_bytes, remove_files, remove_if_empty, write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.store.layout import Layout

BOOT_ID = "/proc/sys/kernel/random/boot_id"
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts on while the machine is suspended: of Linux this clock alone, of macOS the other one, too."""


MOST = 200
"""Bytes of a sign at most."""

_LINE = r"([-0-9]\d{12}\.\d{6}) ([-0-9]\d{12}\.\d{6}) ([\w-]{0,64})"


class Moment:
    """One instant: ``wall`` in seconds since 1970, ``steady`` in seconds since the machine was started, ``boot`` which
    start that was, "" where the system does not say."""

    __slots__ = ("boot", "steady", "wall")

    def __init__(self, wall: float, steady: float, boot: str) -> None:
        self.wall = wall
        self.steady = steady
        self.boot = boot

    def since(self, then: "Moment") -> float:
        """Seconds from then to this; never less than 0, since a sign from the future comes of a clock that was put
        back. Of one start the steady clock counts. Where nobody knows which start it was, the clock that says less."""
        steady, wall = self.steady - then.steady, self.wall - then.wall
        if self.boot and self.boot == then.boot:
            return max(steady, 0.0)
        if self.boot or then.boot or steady < 0:
            return max(wall, 0.0)
        return max(min(steady, wall), 0.0)


def moment() -> Moment:
    """This instant."""
    return Moment(time.time(), time.clock_gettime(STEADY), boot_id())


def moment_at(now: float) -> Moment:
    """The instant at which the wall clock shows ``now``, if no clock is touched until then."""
    here = moment()
    return Moment(now, here.steady + now - here.wall, here.boot)


def boot_id() -> str:
    """Which start of the machine this is; "" where the system does not say."""
    try:
        descriptor = os.open(BOOT_ID, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 64).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)


def name_of(agent: str, session_id: str) -> str:
    """The file name of an agent session's signs: a hash, for some agents' ids look like secrets to the gate, which an
    entry has to pass."""
    return hexhash(f"{agent}:{session_id}", 24)


def beat(layout: "Layout", name: str, now: "Moment | None" = None) -> bool:
    """Give a sign. False where nobody of that name is registered in this work tree. Raises OSError."""
    try:
        descriptor = os.open(_path(layout, name), os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        write_all(descriptor, _line(now or moment()))
    finally:
        os.close(descriptor)
    return True


def begin(layout: "Layout", name: str, now: Moment) -> None:
    """Make the file, so that signs can be given. Only for the holder of the lock. Raises OSError."""
    path = _path(layout, name)
    make_dirs(os.path.dirname(path))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    try:
        write_all(descriptor, _line(now))
    finally:
        os.close(descriptor)


def last(layout: "Layout", name: str) -> "Moment | None":
    """When the last sign was given; None where there is no file. Of a torn one its own time counts."""
    path = _path(layout, name)
    try:
        data, written = read_bytes(path), os.lstat(path).st_mtime
    except OSError:
        return None
    line, whole, _ = data[:MOST].decode("ascii", "replace").partition("\n")
    found = re.fullmatch(_LINE, line, re.ASCII) if whole else None
    if found is None:
        return Moment(written, 0.0, "torn")
    return Moment(float(found[1]), float(found[2]), found[3])


def end(layout: "Layout", name: str) -> None:
    """No more signs: whoever gives one from now on registers first."""
    path = _path(layout, name)
    try:
        remove_files([path])
    except NotADirectoryError:
        return
    remove_if_empty(os.path.dirname(path))


def all(layout: "Layout") -> "list[tuple[str, str]]":
    """(work tree, name) of every file."""
    trees = filter(_is_dir, entries(layout.heartbeats))
    return [(tree.name, entry.name) for tree in trees for entry in entries(tree.path) if not _is_dir(entry)]


def _is_dir(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False)


def _path(layout: "Layout", name: str) -> str:
    return os.path.join(layout.heartbeats, layout.worktree, name)


def _line(now: Moment) -> bytes:
    """Always of one length on one start of the machine, so that writing it over another leaves nothing of that."""
    return f"{now.wall:020.6f} {now.steady:020.6f} {now.boot}\n".encode("ascii", "replace")
