"""The layout of one file a record: ``chats/<day>/chat-….json``, ``sessions/``, ``actions/``, ``commits/``, …"""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.ops.migrating.refs import FileRef, Record, Unreadable, checked, parsed_file
from gitml.ops.migrating.report import Report
from gitml.store.files import entries

FOLDERS = ("commits", "sessions", "chats", "actions", "orchestration")
"""Of what folder's name and stream are the same."""

RUNNING = "current_session.json"
DEEPEST = 4
SOURCE = "files"


def find(data: str, report: Report) -> Iterator[tuple[str, Record, FileRef]]:
    """(stream, record, where it stands) of every record below ``data``, a ``.git-ml`` folder. No link is followed."""
    for stream in FOLDERS:
        for path in paths(os.path.join(data, stream), report):
            yield from ((stream, record, ref) for record, ref in of_file(path, report))
    running = os.path.join(data, RUNNING)
    if os.path.isfile(running) and not os.path.islink(running):
        yield from (("sessions", record, ref) for record, ref in of_file(running, report))


def counted(data: str) -> int:
    """How many such files there are below ``data``."""
    unheard = Report()
    return sum(1 for stream in FOLDERS for _ in paths(os.path.join(data, stream), unheard))


def paths(folder: str, report: Report, depth: int = 0) -> Iterator[str]:
    """The JSON files of a folder, at any depth that a layout has; others are noted as passed by."""
    if os.path.islink(folder):
        report.bad(folder, 0, "a symbolic link, not followed")
        return
    for entry in _listed(folder, report):
        if entry.is_symlink():
            report.bad(entry.path, 0, "a symbolic link, not followed")
        elif entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST:
                yield from paths(entry.path, report, depth + 1)
            else:
                report.bad(entry.path, 0, f"deeper than {DEEPEST} folders")
        elif entry.name.endswith(".json") and not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
            yield entry.path
        elif entry.name != ".gitignore":
            report.passed.append(entry.path)


def of_file(path: str, report: Report) -> Iterator[tuple[Record, FileRef]]:
    """The records of one file: an object, a list of them, or both sides of a merge that was not settled."""
    report.files[SOURCE] += 1
    try:
        values = parsed_file(path)
    except (Unreadable, OSError) as error:
        report.bad(path, 0, _why(error))
        return
    if len(values) > 1:
        report.notes.append(f"{path}: conflict markers; both sides are united")
    for side, value in enumerate(values, 1 if len(values) > 1 else 0):
        if value == []:
            report.bad(path, 0, "an empty list")
        for member, one in enumerate(value) if isinstance(value, list) else [(-1, value)]:
            ref = FileRef(path, side, member)
            try:
                yield checked(one), ref
                report.records[SOURCE] += 1
            except Unreadable as error:
                report.bad(path, 0, f"{error}, number {member} of its list" if member >= 0 else str(error))


def _listed(folder: str, report: Report) -> list[os.DirEntry[str]]:
    try:
        return entries(folder)
    except OSError as error:
        report.bad(folder, 0, _why(error))
        return []


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot be read: {os.strerror(error.errno or 0)}"
    return str(error)
