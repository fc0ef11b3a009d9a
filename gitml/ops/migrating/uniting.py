"""Several versions of one record as one: what the newest says, and what only others say besides.

The result hangs on the set of versions alone. Pure.
"""

from __future__ import annotations

from typing import Any

from gitml.model.jsonl import encode
from gitml.ops.migrating.shape.old import Record
from gitml.ops.migrating.shape.record import META, facts

EMPTY: tuple[Any, ...] = (None, "", [], {})
COUNTED = frozenset({"chat_count"})
"""Counts of what a version lists itself: of two the greater."""

DEFAULTS = {"execution": "sequential", "depth": 1}
"""What a version says that does not know."""


class Lost:
    """What a version said otherwise than the one that won: ``place`` it stands in, and under which ``keys``."""

    __slots__ = ("keys", "place")

    def __init__(self, place: str, keys: list[str]) -> None:
        self.place = place
        self.keys = keys


def united(versions: list[tuple[Record, str]]) -> tuple[Record, list[Lost]]:
    """(the record, what was lost) of versions (record, place) with one id; at least one."""
    ordered = sorted(versions, key=_order, reverse=True)
    made, lost = dict(ordered[0][0]), list[Lost]()
    for record, place in ordered[1:]:
        keys = [key for key, value in record.items() if not _take(made, key, value)]
        if keys and not any(one.place == place and one.keys == keys for one in lost):
            lost.append(Lost(place, keys))
    if len(ordered) > 1:
        made["rev"] = facts(made)
    return made, lost


def _order(version: tuple[Record, str]) -> tuple[str, int, bytes, str]:
    """Newest first by the time it tells; of one time the one that says most."""
    record, place = version
    times = (record.get(key) for key in ("updated_at", "ended_at", "timestamp", "started_at"))
    newest = next((time for time in times if isinstance(time, str) and time), "")
    return "" if record.get("undated") else newest, facts(record), encode(record), place


def _take(made: Record, key: str, value: Any) -> bool:
    """Take over what is not there yet. False where both say something, and not the same."""
    if key in META or value in EMPTY or value == DEFAULTS.get(key):
        return True
    there = made.get(key)
    if there in EMPTY or there == DEFAULTS.get(key):
        made[key] = value
    elif key in COUNTED:
        made[key] = max(there, value)
    elif isinstance(there, list) and isinstance(value, list) and _texts(there) and _texts(value):
        made[key] = [*there, *(one for one in value if one not in there)]
    else:
        return bool(there == value)
    return True


def _texts(value: list[Any]) -> bool:
    return all(isinstance(member, str) for member in value)
