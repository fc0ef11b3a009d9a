"""Reading the lines of stream files within bounds, whatever is in them. Damage is told, the rest is read."""

import os

from gitml.model import jsonl
from gitml.store.files import open_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

CHUNK = 1024 * 1024
"""Bytes read at once: large enough that the calls cost nothing, small enough for any machine."""

MOST_UNPACKED = 1024 * 1024 * 1024
"""Bytes one compressed file may unpack to. A month of 100 chats a day, 1 kB each, is 3 MB; a bomb stops here."""


class Damage:
    """Something that could not be read: ``path``, ``line`` (from 1; 0 is the file itself), ``why``."""

    __slots__ = ("line", "path", "why")

    def __init__(self, path: str, line: int, why: str) -> None:
        self.path = path
        self.line = line
        self.why = why

    def __repr__(self) -> str:
        return f"Damage({self.path!r}, {self.line}, {self.why!r})"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}" if self.line else f"{self.path}: {self.why}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Damage) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


def blocks(path: str, damaged: "Callable[[int, str], None]") -> "Iterator[tuple[int, list[bytes]]]":
    """The file's lines in blocks: (number of the first, the lines without newlines). A damaged line comes empty.

    ``damaged`` gets line number and reason. A file that is gone by now is no damage: it has moved to where the reader
    looks next. Raises nothing of the file's making.
    """
    try:
        opened = open_plain(path)
    except FileNotFoundError:
        return
    except OSError as error:
        damaged(0, f"cannot be read: {os.strerror(error.errno or 0)}")
        return
    with opened as file:
        yield from blocks_of(file, path.endswith(".gz"), damaged)


def blocks_of(
    file: "IO[bytes]", packed: bool, damaged: "Callable[[int, str], None]"
) -> "Iterator[tuple[int, list[bytes]]]":
    """As ``blocks``, of a file that is open; ``packed`` by gzip."""
    if packed:
        yield from _unpacked(file, damaged)
    else:
        yield from _guarded(lambda: file.read(CHUNK), damaged)


def _unpacked(file: "IO[bytes]", damaged: "Callable[[int, str], None]") -> "Iterator[tuple[int, list[bytes]]]":
    import gzip

    left = MOST_UNPACKED
    with gzip.GzipFile(fileobj=file) as packed:

        def read() -> bytes:
            nonlocal left
            chunk = packed.read1(min(CHUNK, left + 1))  # read() would drop what it has when it meets the damage
            left -= len(chunk)
            if left < 0:
                raise EOFError(f"unpacks to more than {MOST_UNPACKED} bytes")
            return chunk

        yield from _guarded(read, damaged)


def _guarded(read: "Callable[[], bytes]", damaged: "Callable[[int, str], None]") -> "Iterator[tuple[int, list[bytes]]]":
    from zlib import error as UnpackError

    def guarded() -> bytes:
        try:
            return read()
        except (OSError, EOFError, UnpackError) as error:
            damaged(0, f"read in part: {error}")
            return b""

    return split(guarded, damaged)


def split(read: "Callable[[], bytes]", damaged: "Callable[[int, str], None]") -> "Iterator[tuple[int, list[bytes]]]":
    """Lines out of chunks. Of a line beyond MAX_LINE no more than that is ever held."""
    number, held = 1, 0
    pieces: list[bytes] = []
    while chunk := read():
        first, *others = chunk.split(b"\n")
        held += len(first)
        pieces = [*pieces, first] if held <= jsonl.MAX_LINE else []
        if not others:
            continue
        if held > jsonl.MAX_LINE:
            damaged(number, f"longer than {jsonl.MAX_LINE} bytes")
        yield number, [b"".join(pieces), *others[:-1]]
        number += len(others)
        pieces, held = [others[-1]], len(others[-1])
    if held > jsonl.MAX_LINE:
        damaged(number, f"longer than {jsonl.MAX_LINE} bytes")
    elif held:
        yield number, [b"".join(pieces)]
