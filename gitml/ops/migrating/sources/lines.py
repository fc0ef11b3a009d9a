"""Lines of a file, each with the place it stands at. Conflict markers are passed by, so both sides' lines count."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

from gitml.model.jsonl import MAX_LINE
from gitml.ops.migrating.refs import BOM, LineRef, Record, Unreadable, line_of, opened
from gitml.ops.migrating.report import Report
from gitml.store.winners import MARKERS


def objects(path: str, report: Report) -> Iterator[tuple[Record, LineRef]]:
    """(object, place) of every line that holds one; the report gets all others. A blank line is none."""
    markers = 0
    for line, ref in raw(path, report):
        if line.startswith(MARKERS):
            markers += 1
            continue
        try:
            yield line_of(line), ref
        except Unreadable as error:
            report.bad(path, ref.number, str(error))
    if markers:
        report.notes.append(f"{path}: {markers} conflict markers passed by; both sides are united")


def raw(path: str, report: Report) -> Iterator[tuple[bytes, LineRef]]:
    """(line without its ending, place) of every line that is not blank."""
    try:
        with opened(path) as file:
            number = offset = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                ref = LineRef(path, number, offset, len(line))
                offset += len(line)
                if len(line) > MAX_LINE and not line.endswith(b"\n"):
                    offset += _skip(file)
                    report.bad(path, number, f"longer than {MAX_LINE} bytes")
                    continue
                stripped = line.removeprefix(BOM).strip()
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
