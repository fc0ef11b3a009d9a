"""Records as bytes that sort as the fold's rules compare: fields with a NUL between them, the line last.

A NUL inside a field would end it and a newline the entry, so control characters are written as two bytes that sort in
their place. A line holds neither: JSON has no room for them.
"""

from __future__ import annotations

import re
from typing import Any

from gitml.model.streams import COPY_KEY, rank
from gitml.store.winners import text, when

TIME, SESSION, ID, COPY, UPDATED, DERIVER, REV, REDACTED, LINE = range(9)
"""Places of a record's fields."""

NEVER = b"\xff"
"""A time behind all others. UTF-8 never holds this byte."""

WIDTH = 20
"""Digits of the numbers that real records have, and more."""

_LOW = re.compile(rb"[\x00-\x0a]")
_PAIR = re.compile(rb"\x01[\x10-\x1a]")


def names(record: dict[str, Any], copy_key: str) -> list[bytes]:
    """The first four fields. A record without an id has a time alone, as in ``winners``."""
    identity = text(record, "id")
    if not identity:
        return [field(when(record)), b"", b"", b""]
    found = (when(record), text(record, "session_id"), identity, text(record, copy_key) if copy_key else "")
    if " ".join(found).isprintable():
        return [name.encode() for name in found]
    return [field(name) for name in found]


def fields(stream: str, line: bytes, record: dict[str, Any]) -> list[bytes]:
    """All nine fields of a record that has an id."""
    updated, deriver, rev, redacted, _ = rank(record, line)
    ranked = [field(updated), number(deriver), number(rev), number(redacted)]
    return [*names(record, COPY_KEY.get(stream, "")), *ranked, line]


def field(value: str) -> bytes:
    """A text, so that comparing bytes compares texts."""
    raw = value.encode("utf-8", "surrogatepass")  # sorts as the characters do
    return _LOW.sub(_escaped, raw) if _LOW.search(raw) else raw


def _escaped(match: re.Match[bytes]) -> bytes:
    return bytes((1, match[0][0] + 16))


def plain(raw: bytes) -> str:
    """The text that ``field`` was given."""
    return _PAIR.sub(lambda match: bytes((match[0][1] - 16,)), raw).decode("utf-8", "surrogatepass")


def number(value: int) -> bytes:
    """A whole number, so that comparing bytes compares numbers: ``5`` and twenty digits for what is usual; above it
    ``6``, how many digits, digits; below 0 ``4``, and all of it counted down from nines."""
    if value < 0:
        return b"4" + _nines(_long(-value))
    return b"5%020d" % value if value < 10**WIDTH else b"6" + _long(value)


def _long(value: int) -> bytes:
    digits = b"%d" % value
    return b"%08d" % len(digits) + digits


def _nines(digits: bytes) -> bytes:
    return bytes(105 - digit for digit in digits)  # ord("0") + ord("9")
