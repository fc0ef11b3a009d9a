"""Small forms of what the demonstration says."""

from __future__ import annotations

SHOWN = 84
"""Characters of a prompt or an answer that are printed."""


def plural(number: int, one: str, more: str = "") -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {one}" if number == 1 else f"{number} {more or one + 's'}"


def short(text: str) -> str:
    """In one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
