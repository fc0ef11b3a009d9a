"""Lock files that nobody holds. The kernel gives a lock back when its holder dies, so none of them is in the way; and
whoever waits for one looks whether its file is still there (``store.lock``), so none is missed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.errors import Busy, GitmlError
from gitml.ops.cleaning.gone.part import remove
from gitml.store.files import entries
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.ops.cleaning.gone.part import Look
    from gitml.ops.cleaning.item import Item
    from gitml.ops.context import Context

SUFFIX = ".lock"
GONE = "nobody holds it"
FOLDERS = ("locks", os.path.join("raw", "locks"))
"""In which every file is a lock."""


def look(looking: Look) -> Iterator[Item]:
    """Every lock file but the store's own."""
    for entry in _found(looking.context):
        if entry.is_file(follow_symlinks=False):
            held = "somebody holds it" if _is_held(entry.path) else ""
            yield looking.item("locks", entry.path, entry.stat(follow_symlinks=False), GONE, held)


def take(context: Context, item: Item) -> int:
    """While it is held here. Raises GitmlError where somebody else has it, Changed, OSError."""
    try:
        with hold(item.path, 0.0):
            return remove(context, item)
    except Busy:
        raise GitmlError("somebody holds it", where=item.path) from None


def _found(context: Context) -> Iterator[os.DirEntry[str]]:
    local = context.layout.local
    for name in FOLDERS:
        yield from entries(os.path.join(local, name))
    for folder in (local, os.path.join(local, "own")):
        yield from (entry for entry in entries(folder) if entry.name.endswith(SUFFIX))


def _is_held(path: str) -> bool:
    """Looks without making the file anew."""
    try:
        with hold(path, 0.0):
            return False
    except Busy:
        return True
