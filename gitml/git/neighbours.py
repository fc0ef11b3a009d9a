"""Other gits at work in a work tree, where the system tells of them (/proc); elsewhere there seem to be none."""

import os
import time

from gitml.git.process import is_gits_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = "/proc"
MOST = 65536
PAUSE = 0.01
APART = (b"fsmonitor--daemon", b"update-ref")
"""Gits that read no index: one never ends, the other is the one that moves the branch for us."""

MESSAGE = b"COMMIT_EDITMSG"
"""What an editor is given that a commit waits for."""


def quiet(root: str, still: float, seconds: float) -> bool:
    """Wait at most so many seconds until no other git has been at work there for ``still`` of them: a script that asks
    git several things is over then. Returns whether that came.

    A look takes about a millisecond. Some gits never end, as a log in a pager.
    """
    now = time.monotonic()
    deadline, since = now + seconds, now
    while now - since < still:
        if now >= deadline:
            return False
        busy = any(not set(APART) & set(_words(pid)) for pid in _gits(root))
        time.sleep(PAUSE)
        now = time.monotonic()
        since = now if busy else since
    return True


def commits(root: str) -> bool:
    """Whether somebody's ``git commit`` is running there, by whatever alias: without a hook it leaves no other mark."""
    return any(b"commit" in _words(pid) or _edits(pid) for pid in _gits(root))


def _gits(root: str) -> "Iterator[str]":
    """Numbers of the gits that stand in the work tree."""
    inside = root.rstrip("/") + "/"
    for pid in filter(str.isdigit, _listed(PROC)):
        if not is_gits_name(_read(f"{PROC}/{pid}/comm").decode("utf-8", "replace").rstrip("\n")):
            continue
        try:
            there = os.readlink(f"{PROC}/{pid}/cwd") + "/"
        except OSError:
            continue
        if there.startswith(inside):
            yield pid


def _edits(pid: str) -> bool:
    children = _read(f"{PROC}/{pid}/task/{pid}/children").decode("ascii", "replace").split()
    return any(word.endswith(MESSAGE) for child in children for word in _words(child))


def _words(pid: str) -> "list[bytes]":
    return _read(f"{PROC}/{pid}/cmdline").split(b"\0")


def _read(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, MOST)
    except OSError:  # it has ended meanwhile
        return b""
    finally:
        os.close(descriptor)


def _listed(folder: str) -> "list[str]":
    try:
        return os.listdir(folder)
    except OSError:
        return []
