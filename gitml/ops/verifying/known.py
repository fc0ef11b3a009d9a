"""Damage that an earlier repair has seen to: what was readable is elsewhere, what was not is in the dead letters.

A part that a commit carries never changes, so its bad lines stay, in every clone. What a repair did is written down as
a record of the stream ``lifecycle``, ``to`` "damaged", whose ``marks`` name the damage; so it travels with commits as
all records do, and no clone reports or repairs it again. The earliest of several with one id counts, as in all of that
stream: two clones that repair the same write the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gitml.git.objects import SHA1_DIGITS
from gitml.model.digest import hexhash
from gitml.model.times import of_epoch
from gitml.ops.verifying.blobs import id_of_file
from gitml.store.fold import fold

if TYPE_CHECKING:
    from gitml.store.layout import Layout

STREAM = "lifecycle"
FACT = "damaged"
MOST_MARKS = 1000
"""Marks in one record: 40 kB."""


def load(layout: Layout) -> frozenset[str]:
    """The marks of all damage that is known."""
    facts = [record for record in fold(layout, STREAM).records() if record.get("to") == FACT]
    found = [record["marks"] for record in facts if isinstance(record.get("marks"), list)]
    return frozenset(mark for marks in found for mark in marks if isinstance(mark, str))


def facts(path: str, stream: str, marks: Iterable[str], now: float) -> list[dict[str, Any]]:
    """The records that say so. ``now`` in seconds since 1970."""
    wanted = sorted(set(marks))
    return [_fact(path, stream, wanted[at : at + MOST_MARKS], now) for at in range(0, len(wanted), MOST_MARKS)]


def place_of(root: str, path: str) -> str:
    """A path as findings name it: relative to the work tree at ``root`` where it lies in that."""
    return os.path.relpath(path, root) if path.startswith(os.path.join(root, "")) else path


def mark_of(path: str, place: str, number: int, line: bytes) -> str:
    """What a line, or a file (``number`` 0, no ``line``), that cannot be read is known by."""
    return line_mark(place, line) if line else thing_mark(place, str(number), id_of_file(path, SHA1_DIGITS))


def line_mark(place: str, line: bytes) -> str:
    """What a line that is no record is known by: it and its file. "=======" may stand in several."""
    return hexhash(place.encode("utf-8", "surrogateescape") + b"\0" + line, 32)


def record_mark(line: bytes) -> str:
    """What a record that does not fit its schema is known by, wherever it travels: its bytes never change."""
    return hexhash(b"record\0" + line, 32)


def thing_mark(place: str, *more: str) -> str:
    """What is known by its place and some names, such as those of git objects."""
    return hexhash("\0".join((place, *more)).encode("utf-8", "surrogateescape"), 32)


def _fact(path: str, stream: str, marks: list[str], now: float) -> dict[str, Any]:
    return {
        "id": f"{FACT}-{hexhash(''.join(marks), 24)}",
        "timestamp": of_epoch(now),
        "session_id": None,
        "from": None,
        "to": FACT,
        "by": "verify",
        "notes": path,
        "stream": stream,
        "target": None,
        "marks": marks,
    }
