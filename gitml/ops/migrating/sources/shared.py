"""Files that everybody appended to: ``tracked/<stream>.jsonl``. They bear our base's names, and are moved first."""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.ops.migrating.old_keys import STREAMS, is_old
from gitml.ops.migrating.refs import LineRef, Record
from gitml.ops.migrating.report import Report
from gitml.ops.migrating.sources.lines import objects
from gitml.store.names import stream_of

SOURCE = "shared"
LEGACY = "legacy"
"""The folder in ``.git-ml`` where such files lie once they were moved."""


def find(folders: list[str], report: Report) -> Iterator[tuple[str, Record, LineRef]]:
    """(stream, record, place) of every object in the shared files of these folders."""
    for folder in folders:
        if os.path.islink(folder):
            report.bad(folder, 0, "a symbolic link, not followed")
            continue
        for stream in STREAMS:
            path = os.path.join(folder, f"{stream}.jsonl")
            if not os.path.lexists(path):
                continue
            report.files[SOURCE] += 1
            for record, ref in objects(path, report):
                report.records[SOURCE] += 1
                yield stream, record, ref


def find_old(paths: list[str], report: Report) -> Iterator[tuple[str, Record, LineRef]]:
    """The same of base files that are not moved yet: gitml's own lines in them are passed by."""
    for path in paths:
        stream = stream_of(os.path.basename(path))
        report.files[SOURCE] += 1
        for record, ref in objects(path, report):
            if is_old(stream, record):
                report.records[SOURCE] += 1
                yield stream, record, ref
