"""Times of older layouts in the one form gitml writes."""

from __future__ import annotations

import re
from typing import Any

from gitml.model import times

ZONED = re.compile(r"(?:[zZ]|[+-]\d{2}:?\d{2}(?::?\d{2})?)$")
_GIT = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?) ?([+-]\d{2}):?(\d{2})$")
_STAMP = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?:[-_T](\d{2}):?(\d{2}):?(\d{2}))?(?!\d)")
LATEST_SECONDS = 10**11
"""A number beyond this counts milliseconds: in seconds it would be the year 5138."""


def read(value: Any) -> tuple[str, bool]:
    """(the time, whether its zone was told); ("", True) for what is no time.

    A text without a zone is taken as UTC: whatever the zone was, the file does not say it, and every clone must come
    to the same record. Numbers are seconds, or milliseconds, since 1970.
    """
    if isinstance(value, bool):
        return "", True
    if isinstance(value, int | float):
        return _of_number(float(value)), True
    if not isinstance(value, str):
        return "", True
    text = value.strip()
    found = _GIT.match(text)
    if found is not None:
        text = f"{found[1]}T{found[2]}{found[3]}:{found[4]}"
    normal = times.normal(text)
    if not times.millis(normal):  # the form alone does not make it a time
        return "", True
    return normal, ZONED.search(text) is not None


def in_name(name: str) -> str:
    """The time that an id or a file's name tells (``chat-20251216-150332-abc123``, ``2025-12-16``), or ""."""
    found = _STAMP.search(name)
    if found is None:
        return ""
    year, month, day, hour, minute, second = (part or "00" for part in found.groups())
    return read(f"{year}-{month}-{day}T{hour}:{minute}:{second}Z")[0]


def _of_number(number: float) -> str:
    seconds = number / 1000 if abs(number) >= LATEST_SECONDS else number
    try:
        return times.of_epoch(seconds) if 0 < seconds < LATEST_SECONDS else ""
    except (OverflowError, ValueError):
        return ""
