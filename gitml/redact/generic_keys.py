"""Values whose key says that they are secret: ``{"password": "…"}`` has no assignment in either string."""

import re

from gitml.redact.generic_assign import accepted, kind_of
from gitml.redact.generic_names import PASSWORD, SECRET, strength
from gitml.redact.generic_values import mixed, no_value, password_like
from gitml.redact.lazily import pattern

LEAST = 4
"""Characters; shorter ones stand for nothing."""

_MANY = ("secrets", "tokens", "keys")
"""Lists under these hold names and kinds as often as values."""

_PHRASE = pattern(r"mnemonic|phrase", re.I)
_SECRET = pattern(r"secret|credential", re.I)
_SURE = pattern(
    r"(?:.*[_.-])?(?:(?:api|access|private)[_-]?key|(?:access|auth|refresh|id|session|bearer)[_-]?token)", re.I
)


def named_value(name: str, value: str) -> str:
    """The kind of a value that is one because of its key's name, or "". A password's name takes any line that stands
    for itself, a secret's what looks like one; weak names (``key``, ``session``, ``signature``) take nothing."""
    weight, bare = strength(name), value.strip()
    if name.lower().endswith(_MANY):
        return ""
    if weight < SECRET or len(bare) < LEAST or "\n" in bare or no_value(bare, True):
        return ""
    return kind_of(weight, name) if _taken(name, weight, bare) else ""


def _taken(name: str, weight: int, value: str) -> bool:
    if weight == PASSWORD or _PHRASE.search(name) is not None or accepted(value, weight, True, True):
        return True
    if _SECRET.search(name) is not None:
        return password_like(value, True, True)
    return _SURE.fullmatch(name) is not None and mixed(value) and password_like(value, True, True)
