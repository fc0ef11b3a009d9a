"""What happens to a part before it is closed: each record once, and no torn line."""

import os

from gitml.store import dlq
from gitml.store.files import TEMPORARY, entries, read_bytes, remove_files, remove_if_empty, write_atomic
from gitml.store.layout import Layout
from gitml.store.part import Part
from gitml.store.winners import Winners


def fold_part(layout: Layout, part: Part) -> None:
    """Rewrite the open part's files with the winner of each record, in the order they came. Call it under the lock.

    Each file is replaced whole, so that a kill leaves old or new lines, which fold to the same. Raises OSError.
    """
    for stream in part.streams():
        _fold_file(layout, part, stream)
    remove_files(entry.path for entry in entries(part.path) if _is_rest(entry))
    remove_if_empty(part.path)


def _is_rest(entry: "os.DirEntry[str]") -> bool:
    return entry.is_file(follow_symlinks=False) and (entry.name.endswith(TEMPORARY) or not entry.stat().st_size)


def _fold_file(layout: Layout, part: Part, stream: str) -> None:
    path = part.file(stream)
    before = read_bytes(path)
    winners = Winners(stream)
    torn = [line for line in before.split(b"\n") if line.strip() and winners.take(line)]
    after = b"".join(line + b"\n" for line in winners.in_part())
    if after == before:
        return
    if torn:
        dlq.set_aside(layout, torn)
    if after:
        write_atomic(path, after, 0o600)
    else:
        remove_files([path])
