"""The gate. Everything gitml writes passes here first, and comes out as ``Sealed``; nothing else makes one.

Strings are redacted decoded, never as raw JSON: inside JSON in JSON a key hides behind backslashes.
"""

from gitml.model.jsonl import encode
from gitml.model.sealed import Sealed
from gitml.model.streams import in_order
from gitml.redact.rules import redact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.model.streams import Record


def seal(stream: str, record: "Record") -> Sealed:
    """A record as the line that may be written: redacted, keys in order. Raises ValueError for what is no JSON."""
    clean = clean_value(in_order(stream, record))
    return Sealed(encode(clean), stream, str(clean.get("id", "")))


def seal_state(state: "Any") -> Sealed:
    """Local state (cursors, journals, logs, dead letters) as one line that may be written."""
    return Sealed(encode(clean_value(state)))


def clean_value(value: "Any") -> "Any":
    """The value with every string in it redacted, at any depth. Keys stay; redacting twice changes nothing."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _clean_member(key, member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [clean_value(member) for member in value]
    return value


def _clean_member(key: str, value: "Any") -> "Any":
    """A secret-named key gives its value away: ``{"password": "…"}`` has no assignment in either string."""
    from gitml.redact.rules import redact_named

    if isinstance(value, str):
        return redact_named(key, value)
    return clean_value(value)
