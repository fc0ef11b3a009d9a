"""The newest records of a stream, without reading the store: what is new lies in small files, or at a file's end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from gitml.model.jsonl import decode
from gitml.store import tombstones
from gitml.store.files import entries
from gitml.store.layout import Layout
from gitml.store.walk import files_under
from gitml.store.winners import Winners

TAIL = 1024 * 1024
"""Bytes read of one file, from its end: the base and closed months are sorted by time."""

MOST = 8 * 1024 * 1024
"""Bytes read of one stream: some 5,000 chats of the usual size."""


def records(layout: Layout, stream: str, holding: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Newest last, each once, without what was forgotten. ``holding``: only lines with one of these texts in them."""
    winners = Winners(stream)
    wanted = [text.encode("utf-8", "replace") for text in holding]
    left = MOST
    for path in _newest_first(layout, stream):
        data = _tail(path)
        for line in data.split(b"\n"):
            if not wanted or any(text in line for text in wanted):
                winners.take(line)
        left -= len(data)
        if left < 0:
            break
    return [decode(line) for line in winners.lines(tombstones.load(layout))]


def _newest_first(layout: Layout, stream: str) -> Iterator[str]:
    """Spools, then live parts by day, the base, closed months. Compressed ones are passed by: their end is not had
    without the rest."""
    archive = os.path.join(layout.tracked, "archive")
    yield from _of(stream, files_under(layout.spools, []))
    if os.path.islink(layout.data) or os.path.islink(layout.tracked):
        return
    for day in reversed(_folders(layout.live)):
        yield from reversed(list(_of(stream, files_under(day, []))))
    yield from _of(stream, files_under(layout.tracked, [], skip=(layout.live, archive, layout.chunked)))
    for month in reversed(_folders(archive)):
        yield from _of(stream, files_under(month, []))


def _of(stream: str, files: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (path for name, path in files if name == stream and not path.endswith(".gz"))


def _folders(path: str) -> list[str]:
    return [entry.path for entry in entries(path) if entry.is_dir(follow_symlinks=False)]


def _tail(path: str) -> bytes:
    """The end of a file, from the start of a line on; nothing of one that is gone by now."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with open(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        if size <= TAIL:
            return file.read(TAIL)
        file.seek(size - TAIL)
        return file.read(TAIL).partition(b"\n")[2]
