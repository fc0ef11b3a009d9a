"""One walk through a work tree and git's record of it: what deleting both frees, when anything last changed, and what
git would delete without a word.
"""

from __future__ import annotations

import os
import stat

from gitml.store.footprint import BLOCK
from gitml.store.reclaiming import Names, Reckoning

GIT = ".git"


class Measured:
    """``newest``: when anything in them was changed last, seconds since 1970 · ``hinders``: why they had better stay,
    "" where nothing is in the way."""

    __slots__ = ("_alone", "_links", "hinders", "newest")

    def __init__(self, root: str, git_dir: str) -> None:
        self.newest = 0.0
        self.hinders = ""
        self._alone = 0
        self._links: list[os.stat_result] = []
        names = Names()
        device = None
        for path, status in names.walk(root):
            device = status.st_dev if device is None else device
            self._take(status)
            self._look(root, path, status.st_dev != device)
        for _, status in names.walk(git_dir):
            self._take(status)
        if names.unread:
            self.hinders = self.hinders or f"it cannot be looked through: {names.unread[0]}"

    def freed(self, reckoning: Reckoning) -> int:
        """Bytes that deleting them frees after all that was reckoned before."""
        return self._alone + sum(map(reckoning.of, self._links))

    @property
    def bytes(self) -> int:
        """Bytes on disk."""
        seen = {(status.st_dev, status.st_ino): status.st_blocks * BLOCK for status in self._links}
        return self._alone + sum(seen.values())

    def _take(self, status: os.stat_result) -> None:
        self.newest = max(self.newest, status.st_mtime)
        if stat.S_ISDIR(status.st_mode) or status.st_nlink < 2:
            self._alone += status.st_blocks * BLOCK
        else:
            self._links.append(status)

    def _look(self, root: str, path: str, elsewhere: bool) -> None:
        folder, name = os.path.split(path)
        if elsewhere:
            self.hinders = f"another file system is mounted at {os.path.relpath(path, root)}"
        elif name == GIT and folder != root and not self.hinders:
            self.hinders = f"there is a repository of its own in it, {os.path.relpath(folder, root)}"
