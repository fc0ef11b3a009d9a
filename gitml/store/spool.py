"""The spool: parts no commit carries yet, one folder a work tree. The hook path imports this.

``<spool>/open`` names the part that is written to. Every other part is closed and never changes.
"""

import os
import time

from gitml.model.sealed import check
from gitml.store import part as part_files
from gitml.store.appending import Batch
from gitml.store.files import entries, fsync_dir, make_dirs, read_bytes, remove_files, remove_if_empty, write_atomic
from gitml.store.layout import Layout
from gitml.store.lock import hold
from gitml.store.names import check_stream, is_part, new_part
from gitml.store.part import Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitml.model.sealed import Sealed

    Streams = dict[str, list[bytes]]

PART_BYTES = 4 * 1024 * 1024
"""A part this large takes no more; a batch beyond it is spread over several. A commit takes 20 MB of parts at most."""

POINTER = "open"


def append(layout: Layout, lines: "Iterable[Sealed]", *, timeout: float = 10.0, now: "float | None" = None) -> int:
    """Add lines to the open part; they are durable when this returns. Returns how many.

    ``timeout`` seconds are waited for the lock, ``now`` (seconds since 1970) names a part that has to be opened.
    Raises Busy; OSError (a full disk), with nothing added; TypeError for what has not passed the gate; ValueError for
    a stream or a line that cannot be one.
    """
    chunks = list(_chunks(lines))
    if not chunks:
        return 0
    with hold(layout.lock, timeout):
        if len(chunks) > 1:
            _close_open(layout)  # what is more than a part gets parts of its own
        with Batch() as batch:
            for chunk in chunks:
                part = _part_to_fill(layout, time.time() if now is None else now, fresh=len(chunks) > 1)
                _add(batch, part, chunk)
    return sum(len(members) for chunk in chunks for members in chunk.values())


def parts(layout: Layout) -> "list[Part]":
    """This work tree's parts that hold anything, oldest first."""
    return part_files.under(layout.spool, layout.worktree, _open_name(layout))


def is_empty(layout: Layout) -> bool:
    """Whether this work tree has nothing waiting for a commit."""
    return not parts(layout)


def close(layout: Layout) -> "list[Part]":
    """Close the open part, and return all closed parts of this work tree, oldest first. Raises Busy, OSError.

    Lines of one record are folded to the winner first, and lines a killed writer tore go to the dead letters: the
    session grows by rewriting its records every turn, and a commit should carry each once.
    """
    with hold(layout.lock):
        _close_open(layout)
        part_files.sweep(layout.spool)
        return parts(layout)


def adopt(layout: Layout, living: "set[str]") -> "list[str]":
    """Take over, closed, the parts of work trees not in ``living``. Returns their names. Raises Busy, OSError."""
    if all(entry.name in living or entry.name == layout.worktree for entry in entries(layout.spools)):
        return []
    with hold(layout.lock):
        gone = [entry for entry in entries(layout.spools) if entry.is_dir(follow_symlinks=False)]
        names = [entry.name for entry in gone if entry.name not in living and entry.name != layout.worktree]
        return [part for name in names for part in _take_over(layout, name)]


def _take_over(layout: Layout, worktree: str) -> "list[str]":
    other = layout.of(worktree)
    _close_open(other)
    part_files.sweep(other.spool)
    adopted = parts(other)
    for part in adopted:
        part_files.move(part, layout.spool)
    remove_if_empty(other.spool)
    return [part.name for part in adopted]


def _chunks(lines: "Iterable[Sealed]") -> "Iterator[Streams]":
    """The lines by stream, in batches of a part's size."""
    chunk: Streams = {}
    size = 0
    for line in lines:
        sealed = check(line)
        if b"\n" in sealed.data:
            raise ValueError(f"a line break inside a line of {sealed.stream}")
        if size + len(sealed.data) > PART_BYTES and chunk:
            yield chunk
            chunk, size = {}, 0
        chunk.setdefault(check_stream(sealed.stream), []).append(sealed.data + b"\n")
        size += len(sealed.data) + 1
    if chunk:
        yield chunk


def _add(batch: Batch, part: Part, chunk: "Streams") -> None:
    """Durable before the pointer can move on: a closed part never holds a torn line."""
    for stream, members in chunk.items():
        batch.add(part.file(stream), b"".join(members))
    batch.settle()


def _part_to_fill(layout: Layout, now: float, *, fresh: bool) -> Part:
    name = "" if fresh else _open_name(layout)
    if name:
        part = Part(layout.spool, name, layout.worktree, open=True)
        if part.size() < PART_BYTES:
            make_dirs(part.path)
            return part
        _close_open(layout)
    return _opened(layout, now)


def _opened(layout: Layout, now: float) -> Part:
    """A new part. The pointer comes first: a part without one would count as closed, and a torn line in it stay."""
    make_dirs(layout.spool)
    part = Part(layout.spool, new_part(now), layout.worktree, open=True)
    while os.path.lexists(part.path) or os.path.lexists(Part(layout.kept, part.name, "").path):
        part = Part(layout.spool, new_part(now), layout.worktree, open=True)
    write_atomic(_pointer(layout), part.name.encode(), 0o600)
    make_dirs(part.path)
    return part


def _close_open(layout: Layout) -> None:
    name = _open_name(layout)
    if name:
        from gitml.store.closing import fold_part

        fold_part(layout, Part(layout.spool, name, layout.worktree, open=True))
    if os.path.lexists(_pointer(layout)):
        remove_files([_pointer(layout)])
        fsync_dir(layout.spool)


def _open_name(layout: Layout) -> str:
    """The open part's name, or "" where there is none. A damaged pointer counts as none: its part is then closed."""
    try:
        name = read_bytes(_pointer(layout)).decode("ascii", "replace").strip()
    except OSError:
        return ""
    return name if is_part(name) else ""


def _pointer(layout: Layout) -> str:
    return os.path.join(layout.spool, POINTER)
