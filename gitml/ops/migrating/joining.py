"""A record that was stored in parts: put together again, and checked against its hash.

The writers of this layout hash the record before packing, but not all the same bytes of it, and some keep the first
digits alone; so the plausible ones are tried, and the report says which fitted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from gitml.ops.migrating.refs import Record, Unreadable, checked, unpacked, value_of

BODIES = ("data", "content", "payload", "chunk", "part")
ALGORITHMS = {8: ("sha256", "md5"), 16: ("sha256", "md5"), 32: ("md5", "sha256"), 40: ("sha1",), 64: ("sha256",)}
"""Digits of a hash, and whose they may be."""

UNCHECKED = "unchecked"
"""The key of a record whose hash fitted nothing."""


def joined(parts: list[Record]) -> tuple[Record, str]:
    """(the record, what of it was hashed: "" where nothing was told to check) of parts in their order.

    Where a hash fits nothing that was tried, the record says so. Raises Unreadable.
    """
    bodies = [_body(part) for part in parts]
    if all(isinstance(body, dict) for body in bodies):
        record: Record = {}
        for body in bodies:
            record.update(_unpacked_fields(body))
        tried = _of_tables(bodies, record)
    elif all(isinstance(body, str) for body in bodies):
        record, tried = _of_texts(bodies, any(part.get("compressed") is True for part in parts))
    else:
        raise Unreadable("parts of different kinds")
    how = _how(parts, bodies, tried)
    if how is None:
        return {**checked(record), UNCHECKED: True}, "nothing"
    return checked(record), how


def _body(part: Record) -> Any:
    for name in BODIES:
        if name in part:
            return part[name]
    if isinstance(part.get("compressed"), str):
        return part["compressed"]
    raise Unreadable(f"a part without any of {', '.join(BODIES)}")


def _unpacked_fields(body: Record) -> Record:
    """The fields of a part; ``_<field>_compressed`` says that one is packed, ``_<field>_was_list`` that it is JSON."""
    made: Record = {}
    for key, value in body.items():
        if key.startswith("_") and key.endswith(("_compressed", "_was_list")) and isinstance(value, bool):
            continue
        if body.get(f"_{key}_compressed") is True and isinstance(value, str):
            data = unpacked(value)
            made[key] = value_of(data) if body.get(f"_{key}_was_list") is True else _text(data)
        else:
            made[key] = value
    return made


def _of_texts(bodies: list[str], compressed: bool) -> tuple[Record, Iterator[bytes]]:
    whole = "".join(bodies)
    if compressed or not whole.lstrip().startswith("{"):
        try:
            data = unpacked(whole)
        except Unreadable:
            if len(bodies) == 1:
                raise
            data = b"".join(unpacked(body) for body in bodies)  # each part packed by itself
    else:
        data = whole.encode("utf-8", "surrogatepass")
    record = checked(value_of(data))
    return record, iter([data, whole.encode("utf-8", "surrogatepass"), *_spelled(record)])


def _of_tables(bodies: list[Record], record: Record) -> Iterator[bytes]:
    yield from _spelled(record)
    for body in bodies:
        yield from _spelled(body)
    for key in (*BODIES, "response", "query"):
        if isinstance(record.get(key), str):
            yield record[key].encode("utf-8", "surrogatepass")


def _spelled(value: Record) -> Iterator[bytes]:
    """The ways Python spells JSON."""
    for sort in (False, True):
        for ascii in (True, False):
            for separators in (None, (",", ":")):
                text = json.dumps(value, sort_keys=sort, ensure_ascii=ascii, separators=separators)
                yield text.encode("utf-8", "surrogatepass")


def _how(parts: list[Record], bodies: list[Any], whole: Iterable[bytes]) -> str | None:
    """What was hashed; "" without a hash, None where it fits nothing."""
    said = [str(part.get("content_hash") or "").lower() for part in parts]
    if not any(said):
        return ""
    if len(set(said)) == 1:
        found = _fits(said[0], whole)
        if found:
            return f"{found} of the record"
    each = [_fits(one, _of_part(body)) for one, body in zip(said, bodies, strict=True)]
    return f"{each[0]} of each part" if all(each) else None


def _of_part(body: Any) -> Iterator[bytes]:
    if isinstance(body, dict):
        yield from _spelled(body)
        return
    yield str(body).encode("utf-8", "surrogatepass")
    try:
        yield unpacked(str(body))
    except Unreadable:
        return


def _fits(said: str, tried: Iterable[bytes]) -> str:
    algorithms = ALGORITHMS.get(len(said), ())
    for data in tried:
        for algorithm in algorithms:
            if hashlib.new(algorithm, data, usedforsecurity=False).hexdigest().startswith(said):
                return algorithm
    return ""


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("packed text that is not UTF-8") from None
