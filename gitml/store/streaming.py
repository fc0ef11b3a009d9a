"""The fold of any number of lines in bounded memory: by sorted runs, to the same bytes as ``fold``.

Nearly every record has an id and a copy key of its own, and needs no rule. So the lines are sorted for giving out
first, while a table of bits tells which keys may have come twice. Only records with such a key go through the rules,
each of which costs another sort.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Iterator

import orjson

from gitml.model.canonical import canonical
from gitml.model.streams import COPY_KEY
from gitml.store.contested import settle
from gitml.store.entries import COPY, ID, LINE, SESSION, TIME, fields, names, plain
from gitml.store.sorting import Sorter
from gitml.store.tombstones import Tombstones
from gitml.store.winners import hidden, parsed

Blocks = Iterable[tuple[int, list[bytes]]]
"""(number of the first line, lines without newlines), as ``gitml.store.lines`` reads them."""

LIMIT = 64 * 1024 * 1024
"""Bytes of entries in memory. With what else is held (two tables, buffers, two rules at a quarter each, Python itself)
the process stays below 230 MB."""

LEAST_BITS, MOST_BITS = 1 << 16, 1 << 28
"""One a key, by its hash, in each of two tables of 32 MiB at most. At ten million keys one in 27 is suspected for
nothing."""

OUT = (TIME, ID, COPY, SESSION, LINE)
"""The order of fields in what is sorted for giving out. Copy key and session can decide nothing there: of uncontested
records no two have one id, and those without an id have neither."""

_TIME = re.compile(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


class Suspects:
    """Which keys may have come more than once. True where any may."""

    __slots__ = ("_any", "_mask", "_once", "_twice")

    def __init__(self, bits: int) -> None:
        self._once = bytearray(bits // 8)
        self._twice = bytearray(bits // 8)
        self._mask = bits - 1
        self._any = False

    def __bool__(self) -> bool:
        return self._any

    def see(self, key: bytes) -> None:
        """Take note of a key."""
        place = hash(key) & self._mask
        bit = 1 << (place & 7)
        if self._once[place >> 3] & bit:
            self._twice[place >> 3] |= bit
            self._any = True
        else:
            self._once[place >> 3] |= bit

    def has(self, id: bytes, copy: bytes) -> bool:
        """Whether another record may share one of these. Empty ones are shared by none."""
        return (bool(id) and self._came_twice(id)) or (bool(copy) and self._came_twice(copy))

    def _came_twice(self, key: bytes) -> bool:
        place = hash(key) & self._mask
        return bool(self._twice[place >> 3] & 1 << (place & 7))


def bits_for(octets: int) -> int:
    """How many bits the keys of so many bytes of lines want: one a byte, some 300 a key; a power of two. Every byte of
    a table is written once, which would cost a small store more time than all else."""
    return min(MOST_BITS, max(LEAST_BITS, 1 << octets.bit_length()))


class Streaming:
    """One stream's fold. ``add`` lines, then read ``lines``. ``records`` counts the lines taken; ``newest`` is the
    latest well-formed time among them."""

    __slots__ = ("_contested", "_folder", "_limit", "_settled", "_sorter", "_suspects", "newest", "records", "stream")

    def __init__(self, stream: str, folder: str, limit: int = LIMIT, bits: int = MOST_BITS) -> None:
        self.stream = stream
        self.records = 0
        self.newest = b""
        self._folder = folder
        self._limit = limit
        self._sorter = Sorter(folder, limit)
        self._settled = Sorter(folder, limit // 4)
        self._suspects = Suspects(bits)
        self._contested = bytearray()  # of each entry in turn, once it was looked at

    def add(self, blocks: Blocks, damaged: Callable[[int, str], None]) -> None:
        """Take a file's lines, each in its canonical form. ``damaged`` gets line number and reason. Raises OSError."""
        stream, loads, see, put = self.stream, orjson.loads, self._suspects.see, self._sorter.add
        copy_key = COPY_KEY.get(stream, "")
        for first, lines in blocks:
            for number, line in enumerate(lines, first):
                line = line.rstrip(b"\r")
                if not line:
                    continue
                record, why = parsed(line, loads)
                if record is None:
                    damaged(number, why)
                    continue
                self.records += 1
                time, session, id, copy = names(record, copy_key)
                if time > self.newest and _TIME.fullmatch(time):
                    self.newest = time
                if id:
                    see(id)
                if copy and copy != id:
                    see(copy)
                put(b"\0".join((time, id, copy, session, canonical(stream, line, record))))

    def lines(self, tombstones: Tombstones | None = None) -> Iterator[tuple[bytes, bytes]]:
        """(timestamp, line) of each winner, by timestamp, id, bytes; without what tombstones hide. Raises OSError."""
        settled = self._settle()  # before the others are read: they lie in the same files
        last = b""
        for entry in heapq.merge(self._alone(), settled):
            if entry == last:  # no id, the same bytes
                continue
            last = entry
            time, id, copy, session, line = entry.split(b"\0")
            if not tombstones or not hidden(self.stream, tombstones, _winner(id, copy, session, line)):
                yield time, line

    def close(self) -> None:
        """Give memory and disk back."""
        self._sorter.close()
        self._settled.close()

    def _alone(self) -> Iterator[bytes]:
        """What no rule looks at: the entries that ``_settle`` passed by."""
        if not self._suspects:
            return iter(self._sorter)
        return (entry for entry, contested in zip(self._sorter, self._contested, strict=True) if not contested)

    def _settle(self) -> Iterator[bytes]:
        """What the rules leave of all others."""
        self._settled.close()
        self._contested.clear()
        if self._suspects:
            for record in settle(self.stream, self._picked(), self._folder, self._limit // 4):
                self._settled.add(b"\0".join([record[place] for place in OUT]))
        return iter(self._settled)

    def _picked(self) -> Iterator[list[bytes]]:
        has, mark = self._suspects.has, self._contested.append
        for entry in self._sorter:
            _, id, copy, _ = entry.split(b"\0", 3)
            contested = has(id, copy)
            mark(contested)
            if contested:
                yield self._fields(entry)

    def _fields(self, entry: bytes) -> list[bytes]:
        line = entry[entry.rindex(b"\0") + 1 :]
        record, _ = parsed(line, orjson.loads)
        assert record is not None
        return fields(self.stream, line, record)


def _winner(id: bytes, copy: bytes, session: bytes, line: bytes) -> tuple[str, str, str, str, bytes]:
    return "", plain(session), plain(id), plain(copy), line
