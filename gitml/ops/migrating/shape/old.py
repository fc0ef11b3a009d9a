"""One record of an older layout while it is being taken apart: what was used of it, and what is left to carry along."""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

from gitml.model.jsonl import encode
from gitml.ops.migrating.shape import clock

Record = dict[str, Any]
_SHA = re.compile(r"[0-9a-f]{4,64}")


class Old:
    """``left``: keys nobody has asked for yet. ``unzoned``: a time was read that tells no zone."""

    __slots__ = ("left", "unzoned")

    def __init__(self, record: Record) -> None:
        self.left = {key: plain(value) for key, value in record.items()}
        self.unzoned = False

    def take(self, *names: str) -> Any:
        """The value of the first of these keys that has one, which is then used up; None where none has."""
        for name in names:
            if self.left.get(name) not in (None, ""):
                return self.left.pop(name)
        return None

    def look(self, *names: str) -> Any:
        """The same, and the key stays to be carried along."""
        return next((self.left[name] for name in names if self.left.get(name) not in (None, "", [], {})), None)

    def text(self, *names: str) -> str | None:
        """A text; another value as JSON, so that nothing of it goes."""
        value = self.take(*names)
        return value if value is None or isinstance(value, str) else encode(value).decode()

    def time(self, *names: str) -> str:
        """A normal timestamp, or ""; what is no time stays to be carried along."""
        for name in names:
            when, zoned = clock.read(self.left.get(name))
            if when:
                del self.left[name]
                self.unzoned = self.unzoned or not zoned
                return when
        return ""

    def names(self, *names: str) -> list[str]:
        """A list of names, each once: of texts, of objects with a name, or of a table's keys, which is then carried
        along as well, for it says more."""
        key = next((name for name in names if self.left.get(name) not in (None, "", [], {})), "")
        found, whole = named(self.left.get(key))
        if whole:
            self.left.pop(key, None)
        return found

    def commits(self, *names: str) -> list[str]:
        """Ids of commits, whole or short; a key with anything else in it is carried along as well."""
        made: list[str] = []
        for name in names:
            found, whole = named(self.left.get(name))
            ids = [one.lower() for one in found if _SHA.fullmatch(one.lower())]
            if whole and len(ids) == len(found):
                self.left.pop(name, None)
            made += ids
        return list(dict.fromkeys(made))

    def number(self, *names: str) -> int | None:
        """A whole number from 0 on; another value stays to be carried along."""
        for name in names:
            value = self.left.get(name)
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                del self.left[name]
                return value
        return None

    def truth(self, *names: str) -> bool | None:
        """True or false; another value stays to be carried along."""
        for name in names:
            if isinstance(self.left.get(name), bool):
                return bool(self.left.pop(name))
        return None


def named(value: Any) -> tuple[list[str], bool]:
    """(the names in a list, table or text, whether the names are all it says)."""
    if isinstance(value, str):
        return [value], True
    if isinstance(value, dict):
        return list(value), False
    if not isinstance(value, list):
        return [], value is None
    found = [_name_of(member) for member in value]
    whole = all(isinstance(member, str) for member in value)
    return list(dict.fromkeys(name for name in found if name)), whole


def _name_of(member: Any) -> str:
    if isinstance(member, str):
        return member
    keys = ("name", "path", "file", "file_path", "tool", "hash", "sha", "id")
    found = [member[key] for key in keys if isinstance(member.get(key), str)] if isinstance(member, dict) else []
    return found[0] if found else ""


def plain(value: Any) -> Any:
    """The value without numbers that JSON has no room for, which Python writes all the same (``NaN``): as text."""
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return [plain(member) for member in value] if isinstance(value, list) else value
