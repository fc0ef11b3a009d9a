"""What the records of a clone say of its sessions, read once for all types of one cleaning."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from gitml.ops.lifecycle.safety import Safety
from gitml.store.walk import stream_files

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.context import Context

READ = ("sessions", "chats", "digests", "lifecycle")
"""The streams it takes to tell."""
NAME = "told"


class Told(NamedTuple):
    """``safety`` as it was read, and the ``stamp`` of the streams just before: where they have another one by now, it
    is to be read again."""

    stamp: int
    safety: Safety


def told(context: Context, wanted: Wanted, now: float) -> Told:
    """Of one clone at a time: what was said of the one before it is let go. Raises BadUsage, OSError."""
    found = wanted.shared.get(NAME)
    if found is None or found[0] != context.layout.local:
        wanted.shared.pop(NAME, None)
        stamp = stamp_of(context)
        found = wanted.shared[NAME] = (context.layout.local, Told(stamp, Safety(context, now)))
    known: Told = found[1]
    return known


def stamp_of(context: Context) -> int:
    """A number that changes with any file of the streams."""
    seen = []
    for stream, path in stream_files(context.layout, []):
        if stream in READ:
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                continue
            seen.append((path, status.st_ino, status.st_size, status.st_mtime_ns))
    return hash(tuple(seen))
