"""What killed processes left half written in the local state.

Parts have their own sweep (``part.sweep``), which runs under the lock; here files lie that several locks guard.
"""

import os
import time

from gitml.store.files import TEMPORARY, entries, remove_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.store.layout import Layout

AGE = 3600.0
"""Seconds after which nobody writes a temporary file any more: the longest of them are written in milliseconds."""

DEPTH = 2
"""Folders below the local state: ``cursors/<agent>/``, ``spool/<work tree>/``."""


def sweep(layout: "Layout", now: "float | None" = None) -> int:
    """Remove temporary files older than AGE from the local state, parts apart. Returns how many. Raises OSError."""
    oldest = (time.time() if now is None else now) - AGE
    seen = [(entry.path, status(entry)) for entry in found(layout)]
    old = [path for path, there in seen if there is not None and there.st_mtime < oldest]
    remove_files(old)
    return len(old)


def found(layout: "Layout") -> "Iterator[os.DirEntry[str]]":
    """Every temporary file of the local state, parts apart, whatever its age. Raises OSError."""
    return (entry for entry in _files(layout.local, DEPTH, layout.kept) if entry.name.endswith(TEMPORARY))


def status(entry: "os.DirEntry[str]") -> "os.stat_result | None":
    """Its status; None where it is gone by now."""
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _files(folder: str, depth: int, apart: str) -> "Iterator[os.DirEntry[str]]":
    for entry in entries(folder):
        if entry.is_file(follow_symlinks=False):
            yield entry
        elif depth and entry.path != apart and entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path, depth - 1, apart)
