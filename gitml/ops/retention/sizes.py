"""Sizes as people write them."""

from __future__ import annotations

import re

from gitml.errors import BadUsage

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?i?)b?", re.IGNORECASE)


def parse(text: str) -> int:
    """Bytes of ``2MB``, ``1.5 GiB``, ``500k``, ``4096``. Raises BadUsage."""
    found = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        raise BadUsage(f"`{text}` is no size", hint="write it like 500MB, 2GiB or 1000000")
    return int(float(found[1]) * unit)
