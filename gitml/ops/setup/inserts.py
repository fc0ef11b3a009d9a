"""Changes that only add text, and their exact inverse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Insertion(NamedTuple):
    """``text`` put in at character ``at`` of the text as it was before any of them."""

    at: int
    text: str


def put(text: str, insertions: Iterable[Insertion]) -> str:
    """The text with every insertion made. Two at one place come in the order given."""
    pieces, done = [], 0
    for at, added in sorted(insertions, key=lambda one: one.at):
        pieces += [text[done:at], added]
        done = at
    return "".join(pieces) + text[done:]


def take(text: str, insertions: Iterable[Insertion]) -> str | None:
    """The text as it was before ``put``; None where one of the insertions is no longer to be found as it was.

    First at its own place, then, where somebody has edited around it, wherever it stands if it stands there once.
    """
    ordered = sorted(insertions, key=lambda one: one.at)
    return _in_place(text, ordered) if _stands(text, ordered) else _wherever(text, ordered)


def _stands(text: str, ordered: list[Insertion]) -> bool:
    shift = 0
    for at, added in ordered:
        if not text.startswith(added, at + shift):
            return False
        shift += len(added)
    return True


def _in_place(text: str, ordered: list[Insertion]) -> str:
    for at, added in ordered:
        text = text[:at] + text[at + len(added) :]
    return text


def _wherever(text: str, ordered: list[Insertion]) -> str | None:
    for _, added in ordered:
        if text.count(added) != 1:
            return None
        text = text.replace(added, "")
    return text
