"""What is told of a session in other streams, put into its record when it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.model.jsonl import decode, encode
from gitml.store import fold as folding

if TYPE_CHECKING:
    from gitml.ops.context import Context

WATERMARKS = {
    "discovered": "discovered_at",
    "raw": "ingested_at",
    "analyzed": "analyzed_at",
    "evicted": "evicted_at",
}
"""The lifecycle transition behind each watermark; the earliest one to a stage counts."""


def join(context: Context, lines: list[bytes]) -> list[bytes]:
    """Session lines with their watermarks, with ``parent`` where none is recorded, and with the ``cost`` that their
    digest tells, if that is of this state of theirs. Others keep their bytes."""
    from gitml.ops.reading.lineage import parents

    marks = watermarks(folding.fold(context.layout, "lifecycle").records())
    found, costs = parents(context), _costs(context)
    joined = []
    for line in lines:
        record = decode(line)
        session_id = str(record.get("session_id"))
        known: dict[str, Any] = dict(marks.get(session_id, {}))
        if not record.get("parent") and session_id in found:
            known = {"parent": found[session_id], **known}
        at, cost = costs.get(str(record.get("session_uid")), ("", None))
        if record.get("cost") is None and cost is not None and at >= str(record.get("updated_at")):
            known = {"cost": cost, **known}
        joined.append(with_keys(line, record, known))
    return joined


def _costs(context: Context) -> dict[str, tuple[str, Any]]:
    """{session_uid: (the latest time its digest knows of, cost)}"""
    digests = folding.fold(context.layout, "digests").records()
    return {str(digest.get("id")): (str(digest.get("updated_at") or ""), digest.get("cost")) for digest in digests}


def watermarks(lifecycle: Any) -> dict[str, dict[str, str]]:
    """{session_id: {watermark: timestamp}} of lifecycle records, in the order of WATERMARKS."""
    found: dict[str, dict[str, str]] = {}
    for record in lifecycle:
        mark, time = WATERMARKS.get(str(record.get("to"))), record.get("timestamp")
        if mark and isinstance(time, str):
            marks = found.setdefault(str(record.get("session_id")), {})
            marks[mark] = min(time, marks.get(mark, time))
    return {
        session_id: {mark: marks[mark] for mark in WATERMARKS.values() if mark in marks}
        for session_id, marks in found.items()
    }


def with_keys(line: bytes, record: dict[str, Any], more: dict[str, Any]) -> bytes:
    """The line with more keys at its end. What was there keeps its bytes, unless a key has to change."""
    if not more:
        return line
    body = line.rstrip()
    if any(key in record for key in more) or not record or not body.endswith(b"}"):
        return encode({**record, **more})
    return body[:-1] + b"," + encode(more)[1:]
