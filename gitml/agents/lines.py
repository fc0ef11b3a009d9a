"""A file's lines from an offset on, read in blocks: a transcript of 100 MB is never held whole."""

import os

from gitml.agents.files import open_plain
from gitml.model.jsonl import MAX_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 256 * 1024
"""Bytes a read. Measured on 100 MB: 64 KiB to 1 MiB take the same time; resuming touches one block at least."""


class Line:
    """One line: where it starts, where the next one starts, its bytes without the newline.

    ``data`` is None where the line is longer than ``MAX_LINE``; ``cut`` where the file ends before a newline.
    """

    __slots__ = ("cut", "data", "end", "offset")

    def __init__(self, offset: int, end: int, data: "bytes | None", cut: bool = False) -> None:
        self.offset = offset
        self.end = end
        self.data = data
        self.cut = cut


def lines(path: str, offset: int, limit: int = MAX_LINE) -> "Iterator[Line]":
    """Every line from ``offset``, split on b"\\n" only: real strings hold U+2028 and U+0085 unescaped.

    Raises OSError where the file cannot be read.
    """
    descriptor = open_plain(path)
    try:
        os.lseek(descriptor, max(offset, 0), os.SEEK_SET)
        yield from _split(descriptor, max(offset, 0), limit)
    finally:
        os.close(descriptor)


def _split(descriptor: int, offset: int, limit: int) -> "Iterator[Line]":
    pending: list[bytes] = []  # pieces of the line that no newline has ended yet
    size = 0
    while block := os.read(descriptor, BLOCK):
        first, *others = block.split(b"\n")
        pending.append(first)
        size += len(first)
        if others:
            yield Line(offset, offset + size + 1, b"".join(pending) if size <= limit else None)
            offset += size + 1
            *whole, last = others
            for data in whole:
                yield Line(offset, offset + len(data) + 1, data if len(data) <= limit else None)
                offset += len(data) + 1
            pending, size = [last], len(last)
        if size > limit:
            pending = []
    if size:
        yield Line(offset, offset + size, b"".join(pending) if size <= limit else None, cut=True)


def line_at(path: str, offset: int) -> bytes:
    """The line that starts at ``offset``; b"" where there is none to be read."""
    try:
        found = next(lines(path, offset), None)
    except OSError:
        return b""
    return found.data or b"" if found else b""
