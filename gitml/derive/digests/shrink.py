"""Making a digest fit, whatever the session's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.derive.digests.snippets import cut
from gitml.model.jsonl import encode

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]
LIMIT = 4096
"""Bytes of a digest's line, without its newline."""
SHRINKS = ("agents", "commits", "evidence", "failed", "files", "mcp", "models", "snippets", "tools", "unpriced")
SHORTEST = 40
"""Characters a snippet keeps before it goes."""


def shrunk(record: Record, size: Callable[[Record], int]) -> Record:
    """The record within LIMIT as ``size`` measures it: whatever takes most bytes loses its last half, until it fits.

    ``left_out`` counts the entries that went, by key. Counts and sums stay what they are. Deterministic.
    """
    record, full = dict(record), {key: len(record[key]) for key in SHRINKS if key in record}
    while size(record) > LIMIT:
        key = max((key for key in SHRINKS if record.get(key)), key=lambda key: len(encode(record[key])), default="")
        if not key:
            break
        record[key] = _half(key, record[key])
        left = {key: full[key] - len(record[key]) for key in full if len(record[key]) < full[key]}
        if left:
            record["left_out"] = left
    return record


def _half(key: str, value: Any) -> Any:
    if key == "snippets":
        longest = max(len(each["text"]) for each in value)
        if longest // 2 >= SHORTEST:
            return [{**each, "text": cut(each["text"], longest // 2)} for each in value]
    keep = len(value) // 2
    return dict(list(value.items())[:keep]) if isinstance(value, dict) else value[:keep]
