"""The history: a line a snapshot, newest last. Added to under a lock, thinned by age, read whatever is in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from gitml.model.sealed import Sealed, check
from gitml.ops.health.snapshot import Snapshot, parse
from gitml.store.appending import Batch
from gitml.store.files import make_dirs, open_plain, write_atomic
from gitml.store.lines import blocks
from gitml.store.lock import hold

HOUR, DAY = 3600, 86_400
DENSE_DAYS = 90
"""Days for which one snapshot an hour is kept; older ones are one a day, 80 kB a year."""

TAIL = 8192
"""Bytes: some 30 lines, of which one will be whole."""

Key = tuple[str, float]


@dataclass(slots=True)
class History:
    """``snapshots`` by time, one a time; ``damage``: lines passed over, as "path:line: why"."""

    snapshots: list[Snapshot] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)


def read(path: str) -> History:
    """The whole history; of two snapshots of one time the one written later. Raises nothing of the file's making."""
    found = History()
    by_time: dict[str, Snapshot] = {}

    def damaged(number: int, why: str) -> None:
        found.damage.append(f"{path}:{number}: {why}" if number else f"{path}: {why}")

    for first, lines in blocks(path, damaged):
        for number, line in enumerate(lines, first):
            try:
                snapshot = parse(line) if line.strip() else None
            except ValueError as error:
                damaged(number, str(error))
                continue
            if snapshot is not None:
                by_time[snapshot.timestamp] = snapshot
    found.snapshots = sorted(by_time.values(), key=lambda snapshot: snapshot.timestamp)
    return found


def newest(path: str) -> Snapshot | None:
    """The snapshot written last; None where there is none. Reads no more than the file's end: ``gitml status`` asks."""
    try:
        with open_plain(path) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - TAIL))
            lines = file.read().split(b"\n")
    except OSError:
        return None
    for line in reversed(lines):
        try:
            return parse(line)
        except ValueError:
            continue
    return None


def record(path: str, sealed: Sealed, now: float) -> None:
    """Add a snapshot, durably. What is thinned away, and lines that are none, go in the same step.

    Raises OSError, Busy.
    """
    line = check(sealed).data + b"\n"
    make_dirs(os.path.dirname(path))
    with hold(f"{path}.lock"):
        there = read(path).snapshots
        kept = thinned(there, now)
        if len(kept) < len(there):
            write_atomic(path, b"".join(snapshot.line + b"\n" for snapshot in kept) + line, 0o600)
            return
        with Batch() as batch:
            batch.add(path, line)
            batch.settle()


def merge(path: str, lines: Sequence[Sealed], now: float, *, dry_run: bool = False) -> int:
    """Add snapshots of whatever time. One of a time that is there already is passed by. Returns how many stay, thinned
    as all others. Raises OSError, Busy."""
    found = {snapshot.timestamp: snapshot for line in lines for snapshot in [parse(check(line).data)]}
    if not dry_run:
        make_dirs(os.path.dirname(path))
    with nullcontext() if dry_run else hold(f"{path}.lock"):
        there = {snapshot.timestamp: snapshot for snapshot in read(path).snapshots}
        both = sorted((found | there).values(), key=lambda snapshot: snapshot.timestamp)
        kept = thinned(both, now)
        added = sum(snapshot.timestamp not in there for snapshot in kept)
        if added and not dry_run:
            write_atomic(path, b"".join(snapshot.line + b"\n" for snapshot in kept), 0o600)
    return added


def thinned(snapshots: list[Snapshot], now: float) -> list[Snapshot]:
    """Those that stay: of the last hour all, of an hour the last one, beyond DENSE_DAYS of a day the last one.

    ``snapshots`` by time. Those of the future, left by a clock that went wrong, count by their distance as well.
    """
    last = {_bucket(snapshot.time, now): snapshot for snapshot in snapshots}
    return list(last.values())


def _bucket(time: float, now: float) -> Key:
    age = abs(now - time)
    if age <= HOUR:
        return "one", time
    return ("hour", time // HOUR) if age <= DENSE_DAYS * DAY else ("day", time // DAY)
