"""Lines of a file, each with the place it stands at. Conflict markers are passed by, so both sides' lines count."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import IO

from gitml.model.jsonl import MAX_LINE
from gitml.ops.migrating.refs import BOM, LineRef, Record, Unreadable, line_of, opened
from gitml.ops.migrating.report import Report
from gitml.store.winners import MARKERS

DECODER = json.JSONDecoder()
BEGINNING = b'{"'
NAMES = frozenset({"id", "session_id", "hash"})
TIMES = frozenset({"timestamp", "started_at", "created_at", "date"})


def objects(path: str, report: Report) -> Iterator[tuple[Record, LineRef]]:
    """(object, place) of every line that holds one; the report gets all others. A blank line is none."""
    markers = 0
    for line, ref in raw(path, report):
        if line.startswith(MARKERS) and BEGINNING not in line:
            markers += 1
            continue
        try:
            yield line_of(line), ref
        except Unreadable as error:
            found, rest = several(line)
            if rest:
                report.bad(path, ref.number, f"{error}; a whole record behind it was read" if found else str(error))
            for record, start, length in found:
                yield record, ref._replace(offset=ref.offset + start, length=length)
    if markers:
        report.notes.append(f"{path}: {markers} conflict markers passed by; both sides are united")


def several(line: bytes) -> tuple[list[tuple[Record, int, int]], bool]:
    """([(record, where it starts, its length)], whether something else stands there) of a line that is not one object:
    those one behind the other, and the record that ends it behind what was cut. Sizes are in bytes."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return [], True
    found: list[tuple[Record, int, int]] = []
    at, cut = 0, False
    while at < len(text):
        value, end = _one(text, at)
        if value and (not cut or (end == len(text) and _is_record(value))):
            found.append((value, len(text[:at].encode()), len(text[at:end].encode())))
            at = end + len(text[end:]) - len(text[end:].lstrip())
            continue
        cut = True
        at = text.find(BEGINNING.decode(), at + 1)
        if at < 0:
            break
    return found, cut


def _one(text: str, at: int) -> tuple[Record, int]:
    try:
        value, end = DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return {}, at
    return (value if isinstance(value, dict) else {}), end


def _is_record(value: Record) -> bool:
    """Not something that was nested in the one that was cut."""
    return not NAMES.isdisjoint(value) and not TIMES.isdisjoint(value)


def raw(path: str, report: Report) -> Iterator[tuple[bytes, LineRef]]:
    """(line without its ending, place) of every line that is not blank."""
    try:
        with opened(path) as file:
            number = offset = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                stripped = line.removeprefix(BOM).strip()
                ref = LineRef(path, number, offset + line.index(stripped), len(stripped))
                offset += len(line)
                if len(line) > MAX_LINE and not line.endswith(b"\n"):
                    offset += _skip(file)
                    report.bad(path, number, f"longer than {MAX_LINE} bytes")
                    continue
                if stripped:
                    yield stripped, ref
    except Unreadable as error:
        report.bad(path, 0, str(error))
    except OSError as error:
        report.bad(path, 0, f"cannot be read: {os.strerror(error.errno or 0)}")


def _skip(file: IO[bytes]) -> int:
    skipped = 0
    while piece := file.readline(MAX_LINE):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped
