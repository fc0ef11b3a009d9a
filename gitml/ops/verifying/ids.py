"""Checks of what the fold gives out: each id once, and none that hides another record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import orjson

from gitml.model.streams import COPY_KEY
from gitml.ops.verifying.finding import DAMAGE, WARNING, Finding, Subject
from gitml.store.fold import streams
from gitml.store.lines import blocks
from gitml.store.walk import stream_files
from gitml.store.winners import COPY, ID, Winners, earliest, newest_a_session

CHECK = "ids"


def ids(subject: Subject) -> Iterator[Finding]:
    """A stream at a time. Held in memory as reading commands hold it: some 1.6 bytes a byte of a stream's records."""
    for stream in streams(subject.context.layout):
        subject.progress(f"ids of {stream}")
        yield from _of(subject, stream)


def _of(subject: Subject, stream: str) -> Iterator[Finding]:
    winners = Winners(stream)
    for name, path in stream_files(subject.context.layout, []):
        for _, lines in blocks(path, lambda number, why: None) if name == stream else ():
            for line in lines:
                winners.take(line, orjson.loads)
    folded = Counter(_id(line) for line in winners.lines())
    for identity in [one for one, count in folded.items() if one and count > 1]:
        yield Finding(CHECK, DAMAGE, stream, f"{identity} comes {folded[identity]} times out of the fold")
    if stream in COPY_KEY:
        one_a_copy = earliest(newest_a_session(stream, list(winners.best.values())), COPY)
        shared = Counter(entry[ID] for entry in one_a_copy if entry[ID])
        for identity in [one for one, count in shared.items() if count > 1]:
            says = f"{shared[identity]} different records have the id {identity}: the earliest is shown"
            yield Finding(CHECK, WARNING, stream, says, mend=f"grep -r '{identity}' .git-ml/tracked")


def _id(line: bytes) -> str:
    try:
        found = orjson.loads(line).get("id")
    except ValueError:
        return ""
    return found if isinstance(found, str) else ""
