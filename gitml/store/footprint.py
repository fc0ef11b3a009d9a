"""How much disk a folder takes, counted as ``du`` does: blocks, not lengths, so that a sparse file weighs what it
takes; folders, too; each inode once, whatever number of names it has. No link is followed.

Streaming: what is held is the folders still to be read, and the inodes of folders and of files with several names.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

BLOCK = 512
"""Bytes of ``st_blocks``, by POSIX, whatever the file system's own blocks are."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

Inode = tuple[int, int]


class Survey:
    """One walk, or several that count each inode once among them. ``unread``: what could not be looked at, and why."""

    __slots__ = ("seen", "unread")

    def __init__(self) -> None:
        self.seen: set[Inode] = set()
        self.unread: list[str] = []

    def walk(self, root: str) -> Iterator[tuple[str, os.stat_result]]:
        """(path, status) of ``root`` and of everything below it, folders before what is in them, in no other order.

        What does not exist, or is gone by the time it is looked at, is passed over. Raises nothing.
        """
        waiting = [root] if self._counts(status := self._status(root)) else []
        if waiting and status is not None:
            yield root, status
        while waiting:
            for path, below in self._listed(waiting.pop()):
                if self._counts(below):
                    yield path, below
                    if stat.S_ISDIR(below.st_mode):
                        waiting.append(path)

    def size(self, root: str) -> int:
        """Bytes on disk of ``root`` and everything below it that was not counted before."""
        return sum(status.st_blocks for _, status in self.walk(root)) * BLOCK

    def _counts(self, status: os.stat_result | None) -> bool:
        """Whether this inode comes for the first time. Most files have one name and need no remembering."""
        if status is None:
            return False
        if status.st_nlink < 2 and not stat.S_ISDIR(status.st_mode):
            return True
        inode = (status.st_dev, status.st_ino)
        if inode in self.seen:
            return False
        self.seen.add(inode)
        return True

    def _status(self, path: str) -> os.stat_result | None:
        try:
            return os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._failed(path, error)
            return None

    def _listed(self, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        """What is in a folder. By its descriptor, so that one replaced by a link meanwhile leads nowhere."""
        try:
            descriptor = os.open(folder, _FOLDER)
        except (FileNotFoundError, NotADirectoryError):  # no folder, or gone
            return
        except OSError as error:
            self._failed(folder, error)
            return
        try:
            yield from self._entries(folder, descriptor)
        except OSError as error:
            self._failed(folder, error)
        finally:
            os.close(descriptor)

    def _entries(self, folder: str, descriptor: int) -> Iterator[tuple[str, os.stat_result]]:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                try:
                    yield os.path.join(folder, entry.name), entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue

    def _failed(self, path: str, error: OSError) -> None:
        self.unread.append(f"{path}: {os.strerror(error.errno or 0)}")
