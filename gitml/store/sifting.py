"""Telling records from what is none, line by line, and leaving the latter out of a local file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from gitml.store.files import TEMPORARY, fsync_dir, remove_files, write_all
from gitml.store.lines import blocks
from gitml.store.winners import second_look

Told = Callable[[int, str, bytes], object]
"""Gets line number (0: the file itself), reason, and the line; no line where it was too long to be read."""

Record = dict[str, Any]


def records(path: str, told: Told) -> Iterator[tuple[int, bytes, Record]]:
    """(number, line, record) of each readable line of a stream file; ``told`` gets what is none. Raises nothing."""

    def damaged(number: int, why: str) -> None:
        told(number, why, b"")

    return records_in(blocks(path, damaged), told)


def records_in(found: Iterable[tuple[int, list[bytes]]], told: Told) -> Iterator[tuple[int, bytes, Record]]:
    """As ``records``, of blocks of lines."""
    for first, lines in found:
        for number, raw in enumerate(lines, first):
            line = raw.rstrip(b"\r")
            if not line:
                continue
            record, why = parsed(line)
            if record is None:
                told(number, why, line)
            else:
                yield number, line, record


def parsed(line: bytes) -> tuple[Record | None, str]:
    """The record a line is, or why it is none; as the fold judges it."""
    try:
        value = orjson.loads(line)
    except ValueError:
        value = None
    return (value, "") if type(value) is dict else second_look(line, value)


def sift(path: str) -> int:
    """Rewrite a local file with its records alone, byte for byte; one without any goes. Returns how many stayed.

    Durable, and whole or not at all. Raises OSError, also where the file cannot be read to its end: then it stays.
    Call it under the lock.
    """
    temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.urandom(4).hex()}{TEMPORARY}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            stayed = _copy(path, descriptor)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if stayed:
            os.rename(temporary, path)
        else:
            remove_files([temporary, path])
    except BaseException:
        remove_files([temporary])
        raise
    fsync_dir(os.path.dirname(path))
    return stayed


def _copy(path: str, descriptor: int) -> int:
    def told(number: int, why: str, line: bytes) -> None:
        if number == 0:
            raise OSError(f"{path}: {why}")

    stayed = 0
    for _, line, _ in records(path, told):
        write_all(descriptor, line + b"\n")
        stayed += 1
    return stayed
