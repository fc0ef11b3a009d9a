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


def encode(value: "Any") -> bytes:
    """Compact UTF-8 JSON on one line, without the newline. Lone surrogates become U+FFFD; NaN raises ValueError."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # a transcript cut inside a surrogate pair
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


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
