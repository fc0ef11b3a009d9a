"""Checks of what is local: cursors, journals of commits that ended, forgotten records, rests of killed writers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from gitml.ops.compacting.journal import left_over
from gitml.ops.riding import journal
from gitml.ops.verifying.finding import WARNING, Finding, Subject
from gitml.ops.verifying.local_steps import Drop, Heal, Purge, Reap, Settle
from gitml.store import registry, tombstones
from gitml.store.files import TEMPORARY, entries, read_bytes
from gitml.store.sifting import records
from gitml.store.walk import files_under

CURSOR = {"v": int, "main": dict, "agents": dict, "emitted": dict, "linked": list}
"""Keys of a cursor that the reader takes for granted, and their types."""


def cursors(subject: Subject) -> Iterator[Finding]:
    """Readable, of a known shape, and not beyond the end of what they mark. Without one a session is read again."""
    layout = subject.context.layout
    for agent in entries(layout.cursors):
        for entry in entries(agent.path):
            why = _ailment(entry.path) if entry.name.endswith(".json") else ""
            if why:
                yield Finding("cursors", WARNING, entry.path, why, step=Drop(entry.path))


def journals(subject: Subject) -> Iterator[Finding]:
    """What a commit was given that failed or was killed. The next hook of any kind does the same."""
    for ride in journal.over(subject.context.layout):
        says = f"a commit that ended (process {ride.pid}) was given {len(ride.blobs)} files and never settled"
        yield Finding("journals", WARNING, "riding", says, step=Settle("riding"))


def compaction(subject: Subject) -> Iterator[Finding]:
    """One that was cut off; every record can be read all the while."""
    if left_over(subject.context.layout):
        says = "a compaction was cut off, or is at work"
        yield Finding("journals", WARNING, "compact", says, step=Heal("compact"))


def forgotten(subject: Subject) -> Iterator[Finding]:
    """A tombstone that came with a merge holds for this clone's spools and copies as well."""
    layout = subject.context.layout
    graves = tombstones.load(layout)
    if not graves:
        return
    for root in (layout.spools, layout.kept):
        for stream, path in files_under(root, []):
            count = sum(graves.hides(stream, record) for _, _, record in records(path, lambda *bad: None))
            if count:
                says = f"{count} forgotten records are still here"
                yield Finding("forgotten", WARNING, subject.place(path), says, step=Purge(root))


def rests(subject: Subject) -> Iterator[Finding]:
    """Temporary files that a killed writer left in the work tree, where git would show them."""
    for folder, _, names in os.walk(subject.context.layout.tracked):
        for name in names:
            if name.startswith(".") and name.endswith(TEMPORARY):
                path = os.path.join(folder, name)
                yield Finding("rests", WARNING, subject.place(path), "left by a killed writer", step=Drop(path))


def registered(subject: Subject) -> Iterator[Finding]:
    """Each file of the registry of running sessions says whose its number is. ``register`` mends that as well."""
    for path in registry.load(subject.context.layout)[1].values():
        step = Reap(path) if registry.mendable(path) else None
        yield Finding("registry", WARNING, path, "cannot be read: nobody knows whose number it is", step=step)


def _ailment(path: str) -> str:
    try:
        cursor: Any = json.loads(read_bytes(path))
    except OSError as error:
        return f"cannot be read: {os.strerror(error.errno or 0)}"
    except (ValueError, RecursionError):
        return "not JSON, or cut off"
    if not isinstance(cursor, dict):
        return "not a JSON object"
    if cursor.get("v") != 1:
        return ""  # of another version: read anew, see record.cursor.current
    wrong = [key for key, kind in CURSOR.items() if not isinstance(cursor.get(key), kind)]
    return f"{wrong[0]!r} is missing, or of another type" if wrong else _beyond(cursor["main"])


def _beyond(mark: dict[str, Any]) -> str:
    path, offset, inode = mark.get("path"), mark.get("offset"), mark.get("inode")
    if not isinstance(path, str) or not isinstance(offset, int):
        return "its mark has no path, or no offset"
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ""  # the transcript is gone, as they go after a month
    beyond = status.st_ino == inode and offset > status.st_size
    return f"stands at byte {offset} of a file of {status.st_size}" if beyond else ""
