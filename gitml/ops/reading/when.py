"""Points in time as people write them."""

from __future__ import annotations

import re

from gitml.errors import BadUsage
from gitml.model import times

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DAY = 86400
_AGE = re.compile(r"(\d{1,6})([smhdw])")


def parse(text: str, now: float, *, end: bool = False) -> str:
    """The normal timestamp of ``text``: a day (UTC), a time, an age like ``90m 2h 7d 4w``, ``today``, ``yesterday``.

    ``now`` in seconds since 1970. With ``end`` a day means its last millisecond. Raises BadUsage.
    """
    text = text.strip()
    age = _AGE.fullmatch(text)
    if age:
        return times.of_epoch(max(0.0, now - int(age[1]) * _UNITS[age[2]]))
    if text in ("today", "yesterday"):
        text = times.of_epoch(now - (_DAY if text == "yesterday" else 0))[:10]
    found = times.normal(text) if re.match(r"\d{4}-?\d{2}-?\d{2}", text) else ""
    if not found:
        raise BadUsage(f"`{text}` is no time", hint="write it like 2026-11-20, 2026-11-20T15:00, 7d or yesterday")
    if end and re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text):
        return times.of_epoch(times.millis(found) // 1000 + _DAY - 1)[:19] + ".999Z"
    return found


def seconds(age: str) -> float:
    """How long ``90m``, ``24h``, ``7d``, ``4w`` or ``0h`` is. Raises BadUsage for anything else."""
    found = _AGE.fullmatch(age.strip())
    if found is None:
        raise BadUsage(f"`{age}` is no age", hint="write it like 24h, 7d or 4w")
    return float(int(found[1]) * _UNITS[found[2]])
