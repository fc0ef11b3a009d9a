"""The bytes of a line: how records are written, and how lines are read.

Written always by the standard library's json, so that a record has the same bytes whoever writes it; read by orjson
where something else has already paid for its import (19 ms more than json), else by json.
"""

import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_LINE = 64 * 1024 * 1024
"""Bytes. A longer line is damage and is skipped unread."""

DEEPEST = 200
"""Levels of what was nested too deep that are kept."""


def encode(value: "Any") -> bytes:
    """Compact UTF-8 JSON on one line, without the newline. Lone surrogates become U+FFFD; NaN raises ValueError."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # a transcript cut inside a surrogate pair
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


def encode_given(value: "Any") -> bytes:
    """The same of what another program wrote: a number that JSON does not have, and what is nested too deep to be
    written, becomes null, so that the rest of it is not lost."""
    try:
        return encode(value)
    except (ValueError, RecursionError):
        return encode(jsonlike(value))


def jsonlike(value: "Any", depth: int = DEEPEST) -> "Any":
    """What of a value can be written: no NaN, nothing infinite, nothing deeper than ``depth``."""
    if isinstance(value, float):
        return value if value - value == 0 else None  # neither NaN nor infinite
    if not isinstance(value, dict | list):
        return value
    if not depth:
        return None
    if isinstance(value, list):
        return [jsonlike(member, depth - 1) for member in value]
    return {key: jsonlike(member, depth - 1) for key, member in value.items()}


def decode(line: bytes) -> "Any":
    """Parse one JSON value. Raises ValueError for anything that is not one."""
    orjson = sys.modules.get("orjson")
    if orjson is not None:
        try:
            return orjson.loads(line)
        except ValueError:
            pass  # lone surrogate escapes and huge integers are valid to json alone
    try:
        return json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
