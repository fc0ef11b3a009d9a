"""Taking hidden records out of what is local: spools, kept copies, dead letters. What is tracked is not touched."""

import re

from gitml.model.jsonl import decode
from gitml.store import kept, spool
from gitml.store import part as part_files
from gitml.store.files import entries, read_bytes, remove_files, write_atomic
from gitml.store.layout import Layout
from gitml.store.lock import hold
from gitml.store.part import Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Hides(Protocol):
        """What tells which records are to go: ``gitml.store.tombstones.Tombstones``, or anything like it."""

        def __bool__(self) -> bool: ...
        def hides(self, stream: str, record: dict[str, Any]) -> bool: ...
        @property
        def pairs(self) -> frozenset[tuple[str, str]]: ...


LETTER = frozenset({"from", "line", "why", "text"})
"""What tells a dead letter that ``gitml verify --repair`` wrote from a line that was torn and set aside."""

_NAMES = re.compile(rb'"(id|session_id)":"([^"\\]*)"')
"""What the front of a torn line still tells of its record."""


def purge(layout: Layout, tombstones: "Hides") -> int:
    """Rewrite local parts without the lines that ``tombstones`` hide; an empty part goes. Returns the lines removed.

    A line that a killed writer tore goes, too, unless it names a record and a session that are not hidden.

    A closed part of a spool gets a new name first: a commit that runs right now may carry the old one, and a part that
    a commit carries never changes. A kept copy keeps its name, by which it is found in history, and gets another when
    it returns. Stopped halfway, it does the rest when run again. Raises Busy, OSError.
    """
    if not tombstones:
        return 0
    with hold(layout.lock):
        removed = sum(_purge_kept(part, tombstones) for part in part_files.under(layout.kept, ""))
        part_files.sweep(layout.kept)
        for entry in entries(layout.spools):
            if entry.is_dir(follow_symlinks=False):
                removed += _purge_spool(layout.of(entry.name), tombstones)
        return removed + sum(_purge_letters(entry.path, tombstones) for entry in entries(layout.dlq))


def _purge_letters(path: str, tombstones: "Hides") -> int:
    lines = read_bytes(path).split(b"\n")
    kept = [line for line in lines if not _is_of(line, tombstones)]
    if len(kept) < len(lines):
        _write(path, b"\n".join(kept))
    return len(lines) - len(kept)


def _purge_spool(layout: Layout, tombstones: "Hides") -> int:
    touched = [part for part in spool.parts(layout) if any(_hidden_in(part, tombstones).values())]
    removed = sum(_purge_part(part if part.open else part_files.renamed(layout, part), tombstones) for part in touched)
    part_files.sweep(layout.spool)
    return removed


def _purge_kept(part: Part, tombstones: "Hides") -> int:
    if not any(_hidden_in(part, tombstones).values()):
        return 0
    kept.mark_purged(part)
    return _purge_part(part, tombstones)


def _purge_part(part: Part, tombstones: "Hides") -> int:
    removed = 0
    for stream, count in _hidden_in(part, tombstones).items():
        removed += count
        if count:
            _rewrite(part, stream, tombstones)
    if not part.streams() and not part.open:
        part_files.remove(part)
    return removed


def _hidden_in(part: Part, tombstones: "Hides") -> "dict[str, int]":
    """How many lines of each stream are hidden."""
    counts = {}
    for stream in part.streams():
        lines = read_bytes(part.file(stream)).split(b"\n")
        counts[stream] = sum(_hidden(stream, line, tombstones, part.open) for line in lines)
    return counts


def _rewrite(part: Part, stream: str, tombstones: "Hides") -> None:
    path = part.file(stream)
    lines = read_bytes(path).split(b"\n")
    _write(path, b"\n".join(line for line in lines if not _hidden(stream, line, tombstones, part.open)))


def _write(path: str, data: bytes) -> None:
    if data:
        write_atomic(path, data, 0o600)
    else:
        remove_files([path])


def _hidden(stream: str, line: bytes, tombstones: "Hides", open: bool) -> bool:
    """A closed part was folded, so it holds no torn line; what else is no record is not gitml's and stays."""
    record = _record(line)
    if record is None:
        return open and _is_of(line, tombstones)
    return tombstones.hides(stream, record)


def _is_of(line: bytes, tombstones: "Hides") -> bool:
    """Whether a line, perhaps torn, of whatever stream is or may be of a hidden record."""
    if not line:
        return False
    record = _record(line)
    if record is not None and set(record) >= LETTER:  # a dead letter that quotes a bad line
        return _is_of(str(record["text"]).encode("utf-8", "replace"), tombstones)
    if record is not None:
        return any(tombstones.hides(stream, record) for stream, _ in tombstones.pairs)
    told = {key: name.decode("utf-8", "replace") for key, name in reversed(_NAMES.findall(line))}  # the first counts
    hidden = {target for _, target in tombstones.pairs}
    return len(told) < 2 or not hidden.isdisjoint(told.values())


def _record(line: bytes) -> "dict[str, Any] | None":
    try:
        record = decode(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
