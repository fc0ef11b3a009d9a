"""Deleting by descriptors, and what it frees: names inside a known folder, whatever somebody puts in their place
meanwhile. No link is followed, no other file system entered.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import closing
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.store.footprint import BLOCK, Inode, Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
DEEPEST = 100
"""Folders in folders that are deleted: each takes a descriptor."""

Stamp = tuple[int, int, int, int]
"""Device, inode, size, modification time in ns: what tells that a file is still the one that was looked at."""


class Changed(GitmlError):
    """What was to be deleted is no longer what was looked at."""


class Names(Survey):
    """A walk that meets a file as often as it has names."""

    __slots__ = ()

    def _counts(self, status: os.stat_result | None) -> bool:
        if status is not None and not stat.S_ISDIR(status.st_mode):
            return True
        return super()._counts(status)


class Reckoning:
    """What deleting things one after the other will free: the blocks of a file go with the last of its names."""

    __slots__ = ("_going",)

    def __init__(self) -> None:
        self._going: dict[Inode, int] = {}

    def of(self, status: os.stat_result) -> int:
        """Bytes that deleting one name of that file, or that empty folder, frees after all that was reckoned before."""
        if stat.S_ISDIR(status.st_mode) or status.st_nlink < 2:
            return status.st_blocks * BLOCK
        inode = (status.st_dev, status.st_ino)
        self._going[inode] = self._going.get(inode, 0) + 1
        return status.st_blocks * BLOCK if self._going[inode] == status.st_nlink else 0

    def tree(self, path: str) -> int:
        """The same of a file or folder with all in it; 0 where there is none."""
        return sum(self.of(status) for _, status in Names().walk(path))


def size(path: str) -> int:
    """Bytes on disk of a file or folder with all in it, as ``du`` has it."""
    return Survey().size(path)


def stamp_of(status: os.stat_result) -> Stamp:
    """What tells a file from another one, and from itself after a change."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def below(root: str, path: str) -> str:
    """The name of something below ``root``, as it is spelled. Raises ValueError for what is not below it."""
    name = path.removeprefix(os.path.join(root, ""))
    if name == path:
        raise ValueError(f"not below {root!r}: {path!r}")
    return name


def remove(root: str, relative: str, seen: Stamp | None = None) -> int:
    """Delete a file, or a folder with all in it, below ``root``, which must be a folder and no link. What is gone
    already is as good.

    Returns the bytes freed. Raises Changed where it is not the one ``seen``, ValueError for a name that could leave
    ``root``, OSError.
    """
    *above, name = _names(relative)
    try:
        descriptor = _opened(root, above)
    except FileNotFoundError:
        return 0
    with closing(_Closing(descriptor)):
        try:
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return 0
        if seen is not None and stamp_of(status) != seen:
            raise Changed("changed since it was looked at", where=os.path.join(root, relative), hint="run it again")
        return _remove(descriptor, name, status, DEEPEST)


def remove_empty(root: str, relative: str) -> int:
    """Delete a folder below ``root`` that holds nothing; any other stays, and frees nothing. Returns and raises as
    ``remove``."""
    *above, name = _names(relative)
    try:
        descriptor = _opened(root, above)
    except FileNotFoundError:
        return 0
    with closing(_Closing(descriptor)):
        try:
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            os.rmdir(name, dir_fd=descriptor)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
                return 0
            raise
    return status.st_blocks * BLOCK


class _Closing:
    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def close(self) -> None:
        os.close(self.descriptor)


def _names(relative: str) -> list[str]:
    names = relative.split(os.sep)
    if any(name in ("", os.curdir, os.pardir) or "\0" in name for name in names):
        raise ValueError(f"no name below a folder: {relative!r}")
    return names


def _opened(root: str, names: list[str]) -> int:
    """The folder ``names`` lead to, each opened from the one above it."""
    descriptor = os.open(root, _FOLDER)
    for name in names:
        try:
            below = os.open(name, _FOLDER, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor


def _remove(folder: int, name: str, status: os.stat_result, depth: int) -> int:
    if not stat.S_ISDIR(status.st_mode):
        os.unlink(name, dir_fd=folder)
        return status.st_blocks * BLOCK if status.st_nlink == 1 else 0
    if not depth:
        raise OSError(errno.ELOOP, "too many folders in each other", name)
    below = os.open(name, _FOLDER, dir_fd=folder)
    try:
        if os.fstat(below).st_dev != os.fstat(folder).st_dev:
            raise OSError(errno.EXDEV, "another file system is mounted there", name)
        freed = sum(_remove(below, each, found, depth - 1) for each, found in _listed(below))
    finally:
        os.close(below)
    os.rmdir(name, dir_fd=folder)
    return freed + status.st_blocks * BLOCK


def _listed(folder: int) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as found:
        names = [entry.name for entry in found]
    for name in names:
        try:
            yield name, os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            continue
