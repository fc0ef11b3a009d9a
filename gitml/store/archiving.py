"""A folded stream as files: the base, and closed months moved out of it once it has grown too large."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import IO

from gitml.store.names import SUFFIX

LARGEST = 32 * 1024 * 1024
"""Bytes of one archive file, before compression: hosts warn of files from 50 MB on and refuse them from 100 MB on."""

CHUNK = 1024 * 1024
_MONTH = re.compile(rb"[0-9]{4}-(?:0[1-9]|1[0-2])-")


class Months:
    """Which months a base may give up: those that end before ``closed`` ("2026-11"), oldest first, as long as it has
    more than ``most`` bytes; never one of ``archived``, whose late records stay in the base."""

    __slots__ = ("archived", "closed", "most")

    def __init__(self, closed: str, most: int, archived: frozenset[str] = frozenset()) -> None:
        self.closed = closed
        self.most = most
        self.archived = archived


class Written:
    """A stream's files: ``files`` {path below ``tracked/``: file}, the base first; ``records`` in all of them, and the
    ``months`` that left the base."""

    __slots__ = ("files", "months", "records")

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.months: list[str] = []
        self.records = 0


def write(
    folder: str, stream: str, lines: Iterable[tuple[bytes, bytes]], months: Months, *, packed: bool = False
) -> Written:
    """Write sorted (timestamp, line) pairs as files below ``folder``; ``packed``: archives by gzip. Raises OSError."""
    written = Written()
    whole = os.path.join(folder, stream + ".whole")
    spans = _write_whole(whole, lines, written)
    written.months = list(_leaving(spans, os.path.getsize(whole), months))
    base = os.path.join(folder, stream + SUFFIX)
    written.files[stream + SUFFIX] = base
    with open(whole, "rb") as file, open(base, "wb") as kept:
        for month, (start, length) in spans.items():
            file.seek(start)
            if month in written.months:
                for number, piece in enumerate(_pieces(file, length), 1):
                    path = _archive(month, number, stream, packed)
                    written.files[path] = os.path.join(folder, path.replace("/", "_"))
                    _write_piece(written.files[path], piece, packed)
            else:
                _copy(file, length, kept)
    os.unlink(whole)
    return written


def _write_whole(path: str, lines: Iterable[tuple[bytes, bytes]], written: Written) -> dict[str, list[int]]:
    """{month or "": [offset, length]}; sorted by time, a month's lines lie together, and so do those of no month that
    stand between two: they are given a name of their own."""
    spans: dict[str, list[int]] = {}
    at, last, name = 0, None, ""
    with open(path, "wb", buffering=CHUNK) as file:
        for time, line in lines:
            if time[:8] != last:
                last = time[:8]
                name = time[:7].decode() if _MONTH.fullmatch(last) else f"-{len(spans)}"
            span = spans.setdefault(name, [at, 0])
            file.write(line + b"\n")
            span[1] += len(line) + 1
            at += len(line) + 1
            written.records += 1
    return spans


def _leaving(spans: dict[str, list[int]], size: int, months: Months) -> Iterator[str]:
    for month, (_, length) in spans.items():
        if size <= months.most:
            return
        if not month.startswith("-") and month < months.closed and month not in months.archived:
            size -= length
            yield month


def _archive(month: str, number: int, stream: str, packed: bool) -> str:
    """A month's first file lies in the month's folder, others in numbered folders of it: a stream is told by the
    name of its files."""
    folder = f"archive/{month}" if number == 1 else f"archive/{month}/{number}"
    return f"{folder}/{stream}{SUFFIX}{'.gz' if packed else ''}"


def _pieces(file: IO[bytes], length: int) -> Iterator[list[bytes]]:
    piece: list[bytes] = []
    size = 0
    while length > 0:
        line = file.readline()
        length -= len(line)
        if piece and size + len(line) > LARGEST:
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += len(line)
    if piece:
        yield piece


def _write_piece(path: str, lines: list[bytes], packed: bool) -> None:
    with open(path, "wb") as file:
        if not packed:
            file.writelines(lines)
            return
        import gzip

        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as out:
            out.writelines(lines)


def _copy(file: IO[bytes], length: int, out: IO[bytes]) -> None:
    while length > 0:
        chunk = file.read(min(CHUNK, length))
        length -= len(chunk)
        out.write(chunk)
