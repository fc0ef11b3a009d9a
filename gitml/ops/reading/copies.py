"""The copies resumed and forked sessions hold of a record, before the fold keeps one of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from gitml.model.jsonl import decode
from gitml.model.streams import COPY_KEY
from gitml.store.lines import blocks
from gitml.store.walk import stream_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.ops.context import Context


class Copy(NamedTuple):
    """One session's copy of a record. Copies compare as the fold compares them: the smallest is the one that counts."""

    timestamp: str
    session_id: str
    id: str


def copies(context: Context, stream: str) -> dict[str, set[Copy]]:
    """{copy key: its copies} of every record of a stream that more than one session holds."""
    key = COPY_KEY[stream]
    found: dict[str, set[Copy]] = defaultdict(set)
    for line in _lines(context, stream):
        record = _record(line)
        if record.get(key) and record.get("session_id"):
            found[str(record[key])].add(Copy(*(str(record.get(field)) for field in Copy._fields)))
    return {name: held for name, held in found.items() if len({copy.session_id for copy in held}) > 1}


def _lines(context: Context, stream: str) -> Iterator[bytes]:
    for name, path in stream_files(context.layout, []):
        if name == stream:
            for _, lines in blocks(path, lambda line, why: None):
                yield from lines


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = decode(line)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}
