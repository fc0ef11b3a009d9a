"""A record of an older layout as one of gitml's.

Keys that gitml has under another name get that name; every other key is carried along as it was. One that has a
name of gitml's and says what that must not say is carried along as ``old_<name>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gitml.model.digest import hexhash
from gitml.model.jsonl import encode
from gitml.model.streams import KEYS, in_order
from gitml.ops.migrating.shape import actions, chats, clock, commits, orchestration, sessions
from gitml.ops.migrating.shape.old import Old, Record
from gitml.ops.verifying.schema import tests_of

MARK = "migrated"
"""The key that tells a record that was taken in from an older layout."""

UNDATED = "1970-01-01T00:00:00.000Z"
LONGEST_ID = 200
"""Characters of an id that is kept."""

SHAPES: dict[str, tuple[Callable[[Old], Record], tuple[str, ...], tuple[str, ...]]] = {
    "chats": (chats.shape, chats.TIMES, ("id", "chat_id")),
    "sessions": (sessions.shape, sessions.TIMES, ("id",)),
    "commits": (commits.shape, commits.TIMES, ("id", "hash", "sha", "commit_hash")),
    "actions": (actions.shape, actions.TIMES, ("id", "action_id")),
    "orchestration": (orchestration.shape, orchestration.TIMES, ("id", "batch_id")),
}
"""How each stream's records are shaped, where their time stands, and where their id does."""

RANKED = frozenset({"deriver", "rev", "schema_version", "updated_at"})
"""What decides between versions is gitml's to say: what an old record has there is carried along."""

META = frozenset({"id", MARK, "rev", "unzoned", "undated"})
_OWN_DAY = re.compile(r"\d{4}-\d{2}-\d{2}_(.+)")


def shaped(stream: str, raw: Record, name: str = "", dated: str = "") -> Record:
    """The record of an old one. ``name`` is its file's, without the ending, where it has one of its own; ``dated`` is
    a time its place tells. Equal input gives an equal record. Raises ValueError, RecursionError for what is no JSON.
    """
    shape, when, ids = SHAPES[stream]
    old = Old(raw)
    given = next((old.left.pop(key) for key in ids if old.left.get(key) not in (None, "")), None)
    time = old.time(*when)
    made = shape(old)
    identity = _id(stream, given, made, raw, name)
    time = time or clock.in_name(identity) or dated or clock.in_name(name)
    record: Record = {"id": identity, ("started_at" if stream == "sessions" else "timestamp"): time or UNDATED, **made}
    if stream == "sessions" and not record["session_id"]:
        own = _OWN_DAY.fullmatch(identity)
        record["session_id"] = own[1] if own is not None else identity
    if stream in ("chats", "actions"):
        updated = old.time("updated_at", "modified_at")
        record.update({"updated_at": updated} if updated else {})
    _carry(stream, record, old)
    if given is not None and given != identity:
        record["old_id"] = given
    record.update({"unzoned": True} if old.unzoned else {})
    record.update({} if time else {"undated": True})
    return in_order(stream, {**record, MARK: True, "rev": facts(record)})


def facts(record: Record) -> int:
    """How much a record says, at any depth: what of several versions says more wins where nothing else tells."""
    return sum(_leaves(value) for key, value in record.items() if key not in META)


def _leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    if isinstance(value, list):
        return sum(map(_leaves, value))
    return int(value not in (None, ""))


def _id(stream: str, given: Any, made: Record, raw: Record, name: str) -> str:
    """The id it had, whatever that looks like: ids never become names of files. Only one that no line can be found by
    is replaced."""
    text = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if stream == "commits" and isinstance(text, str):
        text = text.lower()
    session = str(made.get("session_id") or "")
    others = {"sessions": session, "orchestration": session and f"orchestration-{session}", "commits": ""}
    for one in (text, others.get(stream, ""), "" if stream == "commits" else name):
        if isinstance(one, str) and one and len(one) <= LONGEST_ID and one.isprintable():
            return one
    return f"{stream}-{hexhash(encode(raw_text(raw)), 12)}"


def raw_text(value: Any) -> Any:
    """What an old record says, in a form that does not depend on the order of its keys."""
    if isinstance(value, dict):
        return [[key, raw_text(value[key])] for key in sorted(value)]
    if isinstance(value, list):
        return [raw_text(member) for member in value]
    return str(value) if isinstance(value, float) else value


def _carry(stream: str, record: Record, old: Old) -> None:
    tests = tests_of(stream)
    for key in [key for key in record if key in tests and (misfit := tests[key](record[key])) and misfit.grave]:
        record[f"old_{key}"] = record.pop(key)
    for key, value in old.left.items():
        unfit = key in RANKED or key in META or (key in tests and tests[key](value) is not None)
        name = f"old_{key}" if unfit else key
        while name in record and record[name] != value:
            name = f"old_{name}"
        record[name] = value


assert set(SHAPES) < set(KEYS)
