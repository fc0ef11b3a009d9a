"""Looking for secrets in what is stored: decoded strings, never raw JSON. The hook path imports this."""

from gitml.model.jsonl import decode
from gitml.ops.redacting.gates import known_to
from gitml.ops.redacting.rules import policy
from gitml.redact.engine import VERSION, Engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitml.ops.context import Context
    from gitml.redact.engine import Finding

MOST_SEEN = 20_000
SHORT = 200
"""Texts up to this length are remembered when they are clean: ids, names and times come again in every line."""


class Search:
    """A search by all that holds in a repository. ``engine`` finds; ``mark`` changes with whatever it finds by."""

    __slots__ = ("_clean", "engine", "mark")

    def __init__(self, engine: "Engine", mark: str) -> None:
        self.engine = engine
        self.mark = mark
        self._clean: set[tuple[str, str]] = set()

    def line(self, line: bytes) -> "Iterator[tuple[str, Finding]]":
        """(text, finding) of each secret in a line of JSON, or in a line that is none. Raises EngineFailed."""
        try:
            value = decode(line)
        except ValueError:
            value = line.decode("utf-8", "replace")
        for key, text in texts(value):
            for found in self._text(key, text):
                yield text, found

    def _text(self, key: str, text: str) -> "list[Finding]":
        short = len(text) <= SHORT
        if short and (key, text) in self._clean:
            return []
        found = self.engine.find_named(key, text)
        if short and not found and len(self._clean) < MOST_SEEN:
            self._clean.add((key, text))
        return found


def search_in(context: "Context") -> Search:
    """The search for this repository. Raises BadUsage where its rules make no sense, EngineFailed."""
    rules = policy(context)
    known = known_to(context)
    engine = Engine(rules, known)
    return Search(engine, f"{VERSION}/{rules.fingerprint}/{len(known)}/{','.join(engine.layers())}")


def texts(value: "Any", key: str = "") -> "Iterator[tuple[str, str]]":
    """(key it stands under, text) of every string in a JSON value. Keys are texts as well."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield "", name
            yield from texts(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member, key)
