"""One line of bytes to the JSON objects on it."""

import json

from gitml.model import jsonl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DECODER = json.JSONDecoder()
BOM = b"\xef\xbb\xbf"


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
    """The objects that stand one behind the other from the start of the line, up to what is no JSON."""
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
            at += len(rest[at : at + 8]) - len(rest[at : at + 8].lstrip())
    except (ValueError, RecursionError):
        return found, "not JSON"
    return found, ""
