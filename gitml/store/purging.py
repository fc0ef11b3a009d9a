"""Taking hidden records out of the parts that are local: spools and kept copies. What is tracked is not touched."""

import os

from gitml.model.jsonl import decode
from gitml.store import part as part_files
from gitml.store import spool
from gitml.store.files import entries, fsync_dir, read_bytes, remove_files, write_atomic
from gitml.store.layout import Layout
from gitml.store.lock import hold
from gitml.store.names import new_part, opened_at
from gitml.store.part import Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Hides(Protocol):
        """What tells which records are to go: ``gitml.store.tombstones.Tombstones``, or anything like it."""

        def __bool__(self) -> bool: ...
        def hides(self, stream: str, record: dict[str, Any]) -> bool: ...


def purge(layout: Layout, tombstones: "Hides") -> int:
    """Rewrite local parts without the lines that ``tombstones`` hide; an empty part goes. Returns the lines removed.

    A closed part of a spool gets a new name first: a commit that runs right now may carry the old one, and a part that
    a commit carries never changes. A kept copy keeps its name, by which it is found in history. Stopped halfway, it
    does the rest when run again. Raises Busy, OSError.
    """
    if not tombstones:
        return 0
    with hold(layout.lock):
        removed = sum(_purge_part(part, tombstones) for part in part_files.under(layout.kept, ""))
        part_files.sweep(layout.kept)
        for entry in entries(layout.spools):
            if entry.is_dir(follow_symlinks=False):
                removed += _purge_spool(layout.of(entry.name), tombstones)
    return removed


def _purge_spool(layout: Layout, tombstones: "Hides") -> int:
    touched = [part for part in spool.parts(layout) if any(_hidden_in(part, tombstones).values())]
    removed = sum(_purge_part(part if part.open else _renamed(layout, part), tombstones) for part in touched)
    part_files.sweep(layout.spool)
    return removed


def _renamed(layout: Layout, part: Part) -> Part:
    fresh = Part(layout.spool, new_part(opened_at(part.name)), part.worktree)
    os.makedirs(os.path.dirname(fresh.path), 0o700, exist_ok=True)
    os.rename(part.path, fresh.path)
    fsync_dir(os.path.dirname(fresh.path))
    return fresh


def _purge_part(part: Part, tombstones: "Hides") -> int:
    removed = 0
    for stream, count in _hidden_in(part, tombstones).items():
        removed += count
        if count:
            _rewrite(part.file(stream), stream, tombstones)
    if not part.streams() and not part.open:
        part_files.remove(part)
    return removed


def _hidden_in(part: Part, tombstones: "Hides") -> "dict[str, int]":
    """How many lines of each stream are hidden."""
    counts = {}
    for stream in part.streams():
        counts[stream] = sum(_hidden(stream, line, tombstones) for line in _lines(part, stream))
    return counts


def _rewrite(path: str, stream: str, tombstones: "Hides") -> None:
    lines = read_bytes(path).split(b"\n")
    kept = b"\n".join(line for line in lines if not _hidden(stream, line, tombstones))
    if kept:
        write_atomic(path, kept, 0o600)
    else:
        remove_files([path])


def _lines(part: Part, stream: str) -> "list[bytes]":
    return read_bytes(part.file(stream)).split(b"\n")


def _hidden(stream: str, line: bytes, tombstones: "Hides") -> bool:
    """A line that is no record stays: what it was cannot be told."""
    try:
        record = decode(line)
    except ValueError:
        return False
    return isinstance(record, dict) and tombstones.hides(stream, record)
