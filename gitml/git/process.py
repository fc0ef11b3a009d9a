"""Which process is the git that runs a hook, and waiting for its end. The hook path imports this."""

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CLIMB = 8
"""How many processes may stand between git and the hook: husky puts one there, lefthook two, the framework two."""

POLL = 0.05
"""Seconds between looks at a process where the kernel cannot tell of its end."""


def committing(parent: int) -> int:
    """The git that runs the hook whose shell has ``parent``; ``parent`` itself where none is found above it.

    Hook managers put processes of their own in between, and those end while git still waits in an editor.
    """
    pid = parent
    for _ in range(CLIMB):
        name, above = named(pid)
        if is_gits_name(name):
            return pid
        if above <= 1:
            break
        pid = above
    return parent


def is_git(pid: int) -> bool:
    """Whether a process of that number is there and is a git."""
    return alive(pid, "") and is_gits_name(named(pid)[0])


def named(pid: int) -> "tuple[str, int]":
    """A process's name and its parent's number; ("", 0) where nobody knows."""
    fields = _stat(pid)
    if fields:
        return fields[-1], int(fields[1])
    if os.path.isdir("/proc/self"):
        return "", 0
    return _asked(pid)


def arguments(pid: int) -> "list[str]":
    """What a process was started with, its own name first; empty where nobody says."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read().split("\0")[:-1]
    except OSError:
        return [] if os.path.isdir("/proc/self") else _ps(pid, "args=").split()


def started(pid: int) -> str:
    """What tells this process from a later one with the same number; "" where the system does not say."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else ""


def alive(pid: int, since: str) -> bool:
    """Whether the process that ``started`` described so is still there. A zombie is not."""
    fields = _stat(pid)
    if fields:
        return fields[0] != "Z" and (not since or fields[19] == since)
    try:
        os.kill(pid, 0)  # also where /proc is mounted so that it hides other people's processes
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def wait(pid: int, since: str, seconds: float) -> bool:
    """Wait at most so long for the end of a process that is not our child. Returns whether it ended."""
    deadline = time.monotonic() + seconds
    _wait_on_kernel(pid, since, seconds)
    while alive(pid, since):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL)
    return True


def detach(work: "Callable[[], object]", keep: int = -1) -> None:
    """Do the work in a process of its own, which outlives this one and holds none of its files. Returns at once.

    Forked twice, so that init reaps it. Nothing of it can reach the terminal: what it raises is lost with it.
    ``keep`` is a descriptor that it holds until it ends, as a sign for whoever waits at the other end of the pipe.
    """
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    try:
        os.setsid()
        if os.fork() == 0:
            _let_go(keep)
            work()
    except BaseException:
        os._exit(1)
    os._exit(0)


def _let_go(keep: int) -> None:
    """Close every file: whoever reads this command's output to its end must not wait for us."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.closerange(3, max(keep, 3))
    os.closerange(max(keep, 2) + 1, 1024)
    os.chdir("/")


def _wait_on_kernel(pid: int, since: str, seconds: float) -> None:
    if not hasattr(os, "pidfd_open"):
        return
    import select

    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return
    if alive(pid, since):  # else the number may be another process's by now
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll(seconds * 1000)
    os.close(descriptor)


def is_gits_name(name: str) -> bool:
    """Whether a process of that name is a git."""
    return name == "git" or name.startswith("git-")


def _stat(pid: int) -> "list[str]":
    """Linux: state, parent, … start time at 19, as in proc(5) from field 3 on; then the name. Empty where unknown."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return []
    name, _, rest = text.partition("(")[2].rpartition(")")
    return [*rest.split(), name]


def _asked(pid: int) -> "tuple[str, int]":
    """As ``named``, from ps: systems without /proc."""
    above, _, name = _ps(pid, "ppid=,comm=").partition(" ")
    return (os.path.basename(name.strip()), int(above)) if above.isdigit() else ("", 0)


def _ps(pid: int, columns: str) -> str:
    import subprocess

    asked = subprocess.run(["ps", "-o", columns, "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout.strip()
