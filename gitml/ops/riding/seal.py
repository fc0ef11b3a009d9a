"""Publishing the spool by hand: for who commits without hooks."""

from __future__ import annotations

from gitml.errors import Damaged, NothingHere
from gitml.git import placing, staging
from gitml.ops.context import Context
from gitml.ops.riding.carry import files, opted_in
from gitml.ops.riding.journal import LIVE
from gitml.ops.riding.settle import settle
from gitml.store import spool
from gitml.store.files import read_bytes
from gitml.store.layout import DATA
from gitml.store.lock import hold


class Published:
    """What ``seal`` put into the work tree and the index: the names of the ``parts``, and their ``bytes``."""

    __slots__ = ("bytes", "parts")

    def __init__(self, parts: list[str], size: int) -> None:
        self.parts = parts
        self.bytes = size


def seal(context: Context) -> Published:
    """Copy every waiting part into ``tracked/live`` and stage it. The spool keeps its copy until a commit carries it.

    Raises NothingHere where this branch has no store, Damaged where something else lies in a part's place, Busy,
    GitFailed (the index is locked), OSError.
    """
    settle(context)
    root = context.where.root
    with hold(context.layout.lock):
        held = staging.staged(root, DATA)
        if not opted_in(held):
            raise NothingHere("this branch keeps no records", where=root, hint="gitml init")
        parts = spool.close(context.layout)
        size = sum(part.size() for part in parts)
        placed = files(parts)
        for path, source in placed.items():
            if not placing.place(root, path, read_bytes(source)):
                raise Damaged("something else lies where a part belongs", where=path, hint=f"git status -- {LIVE}")
        if placed:
            staging.add(root, placed)
    return Published([part.name for part in parts], size)
