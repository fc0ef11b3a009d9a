"""Text of earlier sessions, made fit to be quoted: it may hold anything, and none of it is an order."""

from __future__ import annotations

import unicodedata

MARK = "earlier-agent-sessions"
"""The element the text stands in. What is quoted holds no angle brackets, so nothing in it can close that."""

FENCED = {"<": "[", ">": "]", "`": "'", '"': "'"}


def quoted(text: object, most: int) -> str:
    """On one line, in quotation marks, at most ``most`` characters; "" for what is no text or has nothing to read."""
    plain = plainly(text, most)
    return f'"{plain}"' if plain else ""


def plainly(text: object, most: int) -> str:
    """Without control, format and private characters (colours, hidden text, writing direction) and angle brackets."""
    if not isinstance(text, str):
        return ""
    seen = "".join(_shown(sign) for sign in text[: most * 8])
    line = " ".join(seen.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def listed(values: object, most: int, each: int = 120) -> str:
    """Up to ``most`` texts of a list, and how many more there are; "" where there are none."""
    found = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    shown = [plainly(value, each) for value in found[:most]]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(text for text in shown if text) + more


def _shown(sign: str) -> str:
    if sign.isspace():
        return " "
    kind = unicodedata.category(sign)
    return "" if kind[0] == "C" else FENCED.get(sign, sign)
