"""What raw copies take in blocks, and what evicting one frees: the pieces that no other has, and what its manifest
shrinks by, since a short one stays that says it was evicted.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gitml.errors import Damaged
from gitml.ops.raw.evicting import instead
from gitml.store.footprint import BLOCK
from gitml.store.raw import manifests, objects

if TYPE_CHECKING:
    from gitml.ops.retention.held import Held
    from gitml.store.layout import Layout


class Pieces:
    """Looked at once, before anything goes."""

    def __init__(self, layout: Layout, copies: Iterable[Held]) -> None:
        self._layout = layout
        self._paths = {held.uid: [self._path(name) for name in held.objects] for held in copies}
        self._blocks = {path: _taken(path) for paths in self._paths.values() for path in paths}
        self._uses = Counter(path for paths in self._paths.values() for path in paths)

    def size(self, held: Held) -> int:
        """Bytes that a copy takes, those of pieces that it shares, too."""
        return sum(self._blocks[path] for path in self._paths[held.uid])

    def drop(self, held: Held) -> int:
        """Bytes that evicting it frees, after those that were dropped before."""
        paths = self._paths[held.uid]
        self._uses.subtract(paths)
        manifest = self._manifest(held)
        loose = sum(self._blocks[path] for path in paths if not self._uses[path] and path != manifest)
        return loose + self._blocks.get(manifest, 0) - self._left(held)

    def freed(self, held: Held) -> int:
        """Bytes that evicting it has freed; what several shared counts with the last of them that is asked for."""
        paths = self._paths[held.uid]
        self._uses.subtract(paths)
        return sum(self._blocks[path] - _taken(path) for path in paths if not self._uses[path])

    def _path(self, name: str) -> str:
        return name if os.sep in name else objects.path_of(self._layout, name)

    def _manifest(self, held: Held) -> str:
        agent, _, session_id = held.uid.partition(":")
        return manifests.path_of(self._layout, agent, session_id)

    def _left(self, held: Held) -> int:
        """Bytes that the manifest will take, in whole blocks of this disk."""
        path = self._manifest(held)
        try:
            length, unit = len(instead(manifests.read(path)).data), os.statvfs(path).f_frsize
        except (Damaged, OSError):
            return 0
        return -(-length // unit) * unit


def _taken(path: str) -> int:
    try:
        return os.lstat(path).st_blocks * BLOCK
    except FileNotFoundError:
        return 0
