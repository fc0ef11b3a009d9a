"""One line of bytes to the JSON objects on it."""

import json
import re

from gitml.model import jsonl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DECODER = json.JSONDecoder()
BLANK = re.compile(r"\s*")
BOM = b"\xef\xbb\xbf"

START = re.compile(r'\{"(?:parentUuid|type|sessionId|isSidechain|uuid|cwd|message|userType|agentId|timestamp)":')
"""How records begin. Inside a string the quotes would be escaped."""

TRIES = 256
"""Beginnings behind damage that are tried: what is nested in the cut record comes first."""


def objects(line: bytes) -> "tuple[list[dict[str, Any]], str]":
    """(the objects on a line, why what else stands there could not be read). A blank line is ([], "").

    13 lines of 289,947 real ones hold two objects without a newline between: both count. Values that are no objects
    are ignored.
    """
    line = line.removeprefix(BOM).strip()
    if not line:
        return [], ""
    if b"\0" in line:  # json would take it for UTF-16
        return [], "NUL byte"
    try:
        value = jsonl.decode(line)
    except (ValueError, RecursionError):
        return _several(line)
    return ([value] if isinstance(value, dict) else []), ""


def _several(line: bytes) -> "tuple[list[dict[str, Any]], str]":
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
        return found + _last(rest, at), "not JSON"
    return found, ""


def _last(rest: str, at: int) -> "list[dict[str, Any]]":
    """The record that a client appended to one which a crash had cut; [] where there is none.

    It must reach to the line's end and name its session: what is nested in the cut record does not.
    """
    for _, start in zip(range(TRIES), START.finditer(rest, at + 1)):  # noqa: B905  # the range ends it
        try:
            value, end = DECODER.raw_decode(rest, start.start())
        except (ValueError, RecursionError):
            continue
        if end == len(rest) and isinstance(value.get("sessionId"), str) and isinstance(value.get("type"), str):
            return [value]
    return []
