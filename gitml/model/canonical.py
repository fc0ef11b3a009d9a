"""The one form a record has in base and archive: keys in the stream's order, no spaces. The hook path may import this.

Two lines that say the same come out as the same bytes, and what came out once comes out again unchanged. A line whose
numbers or texts would not survive being written anew (a number beyond a double, a lone surrogate) stays as it is, and
so does one without an id, which is told by its bytes.
"""

import json
import sys

from gitml.model.jsonl import encode
from gitml.model.streams import KEYS, in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MARK = b"[redacted:"


def canonical(stream: str, line: bytes, record: "dict[str, Any]") -> bytes:
    """The line in that form; ``record`` is what it parses to. Lines of streams gitml does not know stay untouched."""
    if stream not in KEYS or type(record.get("id")) is not str or not record["id"]:
        return line
    orjson = sys.modules.get("orjson")
    if orjson is not None:
        try:
            if _ordered(stream, tuple(record)) and orjson.dumps(record) == line:
                return line
        except TypeError:  # a huge integer or a lone surrogate, which only json reads
            pass
    return _anew(stream, line)


_seen: "dict[tuple[str, tuple[str, ...]], bool]" = {}
MOST_SEEN = 1000
"""Orders of keys that are remembered. Real streams have a handful; a hostile one could have any number."""


def _ordered(stream: str, keys: "tuple[str, ...]") -> bool:
    """Whether keys stand in the stream's order."""
    known = _seen.get((stream, keys))
    if known is None:
        known = tuple(in_order(stream, dict.fromkeys(keys))) == keys
        if len(_seen) < MOST_SEEN:
            _seen[stream, keys] = known
    return known


def _anew(stream: str, line: bytes) -> bytes:
    try:
        made = encode(in_order(stream, json.loads(line)))
        if made == line or (_values(made) == _values(line) and made.count(MARK) == line.count(MARK)):
            return made
    except (ValueError, RecursionError):
        pass
    return line


def _values(line: bytes) -> "Any":
    """What a line says, numbers as they are spelled."""
    return json.loads(line, parse_float=_spelled, parse_int=_spelled, parse_constant=_spelled)


def _spelled(number: str) -> "tuple[str]":
    return (number,)
