"""Publishing the spool by hand: for who commits without hooks."""

from __future__ import annotations

import os

from gitml.config import SIDE_BRANCH
from gitml.errors import BadUsage, Damaged, NothingHere
from gitml.git import placing, staging
from gitml.ops.context import Context
from gitml.ops.redacting.check import held_back
from gitml.ops.riding.carry import files, opted_in
from gitml.ops.riding.journal import LIVE
from gitml.ops.riding.settle import settle
from gitml.store import spool
from gitml.store.files import read_bytes
from gitml.store.layout import DATA
from gitml.store.lock import hold

SECONDS = 600.0
"""For the search: a person waits for this one."""


class Published:
    """What ``seal`` put into the work tree and the index: the names of the ``parts``, and their ``bytes``; ``held``
    are those that stay in the spool because something was found in them."""

    __slots__ = ("bytes", "held", "parts")

    def __init__(self, parts: list[str], size: int, held: list[str]) -> None:
        self.parts = parts
        self.bytes = size
        self.held = held


def seal(context: Context) -> Published:
    """Copy every waiting part into ``tracked/live`` and stage it. The spool keeps its copy until a commit carries it.

    Raises BadUsage with side branches, NothingHere where this branch has no store, Damaged where something else lies
    in a part's place, Busy, GitFailed (the index is locked), OSError.
    """
    root = context.where.root
    if context.config.way() == SIDE_BRANCH:
        raise BadUsage("records go to a side branch here, never to this one", where=root, hint="gitml push")
    settle(context)
    held = staging.staged(root, DATA)
    if not opted_in(held):
        raise NothingHere("this branch keeps no records", where=root, hint="gitml init")
    waiting = spool.close(context.layout)
    stay = [part.name for part in held_back(context, waiting, budget=SECONDS)]
    with hold(context.layout.lock):
        parts = [part for part in waiting if part.name not in stay and os.path.isdir(part.path)]
        size = sum(part.size() for part in parts)
        placed = files(parts)
        for path, source in placed.items():
            if not placing.place(root, path, read_bytes(source)):
                raise Damaged("something else lies where a part belongs", where=path, hint=f"git status -- {LIVE}")
        if placed:
            staging.add(root, placed)
    return Published([part.name for part in parts], size, stay)
