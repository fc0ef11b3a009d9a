"""One line of bytes to the JSON objects on it."""

import json
import re

from gitml.model import jsonl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DECODER = json.JSONDecoder()
BLANK = re.compile(r"\s*")
BOM = b"\xef\xbb\xbf"
TRIES = 256
"""Beginnings behind damage that are tried: what is nested in the cut record comes first."""


class Form:
    """How an agent's records look: ``start`` matches where one may begin, ``is_whole`` tells one from what may be
    nested in another."""

    __slots__ = ("is_whole", "start")

    def __init__(self, start: "re.Pattern[str]", is_whole: "Callable[[dict[str, Any]], bool]") -> None:
        self.start = start
        self.is_whole = is_whole


def objects(line: bytes, form: "Form | None" = None) -> "tuple[list[dict[str, Any]], str]":
    """(the objects on a line, why what else stands there could not be read). A blank line is ([], "").

    13 lines of 289,947 real ones hold two objects without a newline between: both count. Values that are no objects
    are ignored. With a ``form``, a record that was appended to one which a crash had cut is found, too.
    """
    line = line.removeprefix(BOM).strip()
    if not line:
        return [], ""
    if b"\0" in line:  # json would take it for UTF-16
        return [], "NUL byte"
    try:
        value = jsonl.decode(line)
    except (ValueError, RecursionError):
        return _several(line, form)
    return ([value] if isinstance(value, dict) else []), ""


def _several(line: bytes, form: "Form | None") -> "tuple[list[dict[str, Any]], str]":
    """The objects that stand one behind the other, and the one that ends the line behind what is no JSON."""
    try:
        rest = line.decode("utf-8")
    except UnicodeDecodeError:
        return [], "not UTF-8"
    found: list[dict[str, Any]] = []
    at = 0
    try:
        while at < len(rest):
            value, at = DECODER.raw_decode(rest, at)
            found += [value] if isinstance(value, dict) else []
            at = BLANK.match(rest, at).end()  # type: ignore[union-attr]  # matches always
    except (ValueError, RecursionError):
        return found + (_last(rest, at, form) if form is not None else []), "not JSON"
    return found, ""


def _last(rest: str, at: int, form: Form) -> "list[dict[str, Any]]":
    """The record that reaches to the line's end, behind a cut one; [] where there is none."""
    for _, start in zip(range(TRIES), form.start.finditer(rest, at + 1)):  # noqa: B905  # the range ends it
        try:
            value, end = DECODER.raw_decode(rest, start.start())
        except (ValueError, RecursionError):
            continue
        if end == len(rest) and isinstance(value, dict) and form.is_whole(value):
            return [value]
    return []
