"""The store as one commit holds it: base, archive, live parts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.git.listing import FILE_MODES, listed
from gitml.ops.riding.journal import LIVE
from gitml.store.layout import DATA
from gitml.store.names import SUFFIX, is_part, stream_of

if TYPE_CHECKING:
    from gitml.ops.context import Context

TRACKED = f"{DATA}/tracked"
ARCHIVE = f"{TRACKED}/archive"


class Tip:
    """``commit`` and what it holds: ``blobs`` {path: id} of the stream files below ``tracked/``, the ``base``
    {stream: path}, ``parts`` {name: {stream: path}}, and ``odd`` {part: why it cannot be folded}."""

    __slots__ = ("base", "blobs", "commit", "odd", "parts")

    def __init__(self, commit: str) -> None:
        self.commit = commit
        self.blobs: dict[str, str] = {}
        self.base: dict[str, str] = {}
        self.parts: dict[str, dict[str, str]] = {}
        self.odd: dict[str, str] = {}

    def archived(self, stream: str) -> frozenset[str]:
        """The months that have an archive of that stream."""
        inside = [path.split("/") for path in self.blobs if path.startswith(ARCHIVE + "/")]
        return frozenset(parts[3] for parts in inside if stream_of(parts[-1]) == stream)

    def of_stream(self, stream: str) -> list[str]:
        """Every file of a stream."""
        return [path for path in self.blobs if stream_of(os.path.basename(path)) == stream]


def read(context: Context, commit: str) -> Tip:
    """What the commit holds. Raises GitFailed."""
    tip = Tip(commit)
    for path, (mode, blob) in listed(context.where.root, commit, TRACKED).items():
        stream = stream_of(os.path.basename(path))
        regular = mode in FILE_MODES and bool(stream)
        if regular:
            tip.blobs[path] = blob
        if path.startswith(LIVE + "/"):
            _in_live(tip, path, stream if regular and path.endswith(SUFFIX) else "")
        elif regular and path == f"{TRACKED}/{stream}{SUFFIX}":
            tip.base[stream] = path
    return tip


def _in_live(tip: Tip, path: str, stream: str) -> None:
    """A part is a folder of stream files and nothing else; one that holds more is left where it is."""
    day, _, rest = path[len(LIVE) + 1 :].partition("/")
    name = f"{day}/{rest.partition('/')[0]}"
    if not is_part(name):
        return
    files = tip.parts.setdefault(name, {})
    if stream and path == f"{LIVE}/{name}/{stream}{SUFFIX}":
        files[stream] = path
    else:
        tip.odd[name] = f"{path}: no stream file"
