"""What a project says about redaction: ``[redact]`` of its config. The hook path imports this.

Anybody may ask for more to be removed. Less only who may change the default branch, or the user: ``allow`` and
switching off ``personal.paths`` count from those two sources alone. Allowed values are held as hashes, so that no local
file repeats them.
"""

from gitml.errors import BadUsage
from gitml.model.digest import hexhash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gitml.redact.patterns import Finder

    Rules = dict[str, Any]

PERSONAL = ("paths", "emails", "ips", "phones", "cards")
"""What ``[redact] personal`` can name, in the order of the documentation."""

DENIED = "project-rule"
"""The kind of what a project's own pattern found."""

MOST_PATTERNS = 200
"""Each is a pass of its own over every text."""

VERSION = 1
"""Raised whenever the same rules come to mean something else."""


class Allowed:
    """Exact values that are never redacted, told by hash: ``value in allowed``."""

    __slots__ = ("_hashes",)

    def __init__(self, hashes: "Iterable[str]" = ()) -> None:
        self._hashes = frozenset(hashes)

    def __contains__(self, value: object) -> bool:
        return bool(self._hashes) and isinstance(value, str) and _hash(value) in self._hashes

    def __len__(self) -> int:
        return len(self._hashes)

    def __repr__(self) -> str:
        return f"Allowed({len(self)})"

    def hashes(self) -> "list[str]":
        """What it is made of, sorted."""
        return sorted(self._hashes)


class Policy:
    """``allow`` (values, by hash), ``personal`` (those of PERSONAL to remove), the patterns behind ``denied``, and a
    ``fingerprint`` that tells policies apart. ``Policy()`` is what holds where nobody says anything."""

    __slots__ = ("_finders", "allow", "fingerprint", "personal")

    def __init__(
        self,
        deny: "Iterable[str]" = (),
        allow: "Iterable[str]" = (),
        personal: "Iterable[str]" = ("paths",),
        *,
        allowed: "Allowed | None" = None,
        where: str = "config",
    ) -> None:
        """``allow`` are values, ``allowed`` those that are hashed already. Raises BadUsage for a bad pattern."""
        patterns = sorted(set(deny))
        self.personal = frozenset(personal)
        self.allow = Allowed([*map(_hash, allow), *(allowed.hashes() if allowed else ())])
        self._finders = _compiled(patterns, where) if patterns else []
        said = "\n".join([str(VERSION), *patterns, "", *self.allow.hashes(), *sorted(self.personal)])
        self.fingerprint = hexhash(said, 16)

    def __repr__(self) -> str:
        return f"Policy({len(self._finders)} patterns, {len(self.allow)} values, {self.fingerprint})"

    @classmethod
    def load(cls, asking: "Rules", trusted: "Iterable[Rules]" = (), where: str = "config") -> "Policy":
        """The policy of a work tree's ``[redact]`` (``asking``) and of what ``trusted_rules`` made of others.

        Patterns add up. A kind of personal data is removed where anybody asks for it; paths unless one who is trusted
        says no. Raises BadUsage for a bad pattern, ``where`` naming the file it most likely stands in.
        """
        trusted = list(trusted)
        deny = [pattern for rules in (asking, *trusted) for pattern in texts(rules.get("deny", []), "deny", where)]
        hashes = [found for rules in trusted for found in rules.get("allow", [])]
        said = [rules.get("personal", {}) for rules in (asking, *trusted)]
        personal = {name for name in PERSONAL if any(one.get(name) is True for one in said)} - {"paths"}
        if not any(one.get("paths") is False for one in said[1:]):
            personal.add("paths")
        return cls(deny, (), personal, allowed=Allowed(hashes), where=where)

    def allows(self, value: str) -> bool:
        """Whether a value, exactly so, is no secret by the word of who may say that."""
        return value in self.allow

    def denied(self, text: str) -> "list[tuple[int, int, str]]":
        """Where the project's patterns fit: (start, end, DENIED), sorted; they may overlap."""
        if not self._finders:
            return []
        return sorted((start, end, DENIED) for find in self._finders for start, end in find(text))


def trusted_rules(section: "Rules", where: str) -> "Rules":
    """``[redact]`` of a source that may allow, in the form that is kept: values as hashes. Raises BadUsage."""
    return {
        "deny": texts(section.get("deny", []), "deny", where),
        "allow": [_hash(value) for value in texts(section.get("allow", []), "allow", where)],
        "personal": dict(section.get("personal", {})),
    }


def texts(value: "Any", name: str, where: str) -> "list[str]":
    """The value, if it is a list of texts. Raises BadUsage."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadUsage(f"redact.{name} must be a list of texts", where=where, hint=f"edit {where}")
    return value


def _compiled(patterns: "list[str]", where: str) -> "list[Finder]":
    from gitml.redact.patterns import compiled

    if len(patterns) > MOST_PATTERNS:
        what = f"redact.deny has {len(patterns)} patterns, {MOST_PATTERNS} are the most"
        raise BadUsage(what, where=where, hint=f"edit {where}")
    return [compiled(pattern, where) for pattern in patterns]


def _hash(value: str) -> str:
    return hexhash(value, 32)
