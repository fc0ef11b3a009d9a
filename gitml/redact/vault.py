"""The secrets of one session: each has a number, and is removed wherever it comes again.

Values live here only while a run lasts. What is kept of them is where they stand in the agent's own transcript.
"""

from gitml.redact.again import Again

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from gitml.redact.engine import Engine, Finding

    Place = tuple[str, int, int, int, int]

MARK = "[redacted:"


class Secret:
    """One distinct value, without a number where that is 0. ``place`` is (file, byte offset of its line, which text of
    that line, start, end)."""

    __slots__ = ("again", "kind", "number", "place", "value")

    def __init__(self, value: str, kind: str, number: int, place: "Place") -> None:
        self.value = value
        self.kind = kind
        self.number = number
        self.place = place
        self.again = Again(value)

    @property
    def mark(self) -> str:
        """What stands in its place."""
        return f"{MARK}{self.kind}:{self.number}]" if self.number else f"{MARK}{self.kind}]"

    def __repr__(self) -> str:
        return f"Secret({self.kind!r}, {self.number})"


class Vault:
    """Secrets in the order in which they were first recognised. ``engine`` finds them."""

    __slots__ = ("_by_value", "_new", "engine", "secrets")

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine
        self.secrets: list[Secret] = []
        self._by_value: dict[str, Secret] = {}
        self._new: list[tuple[tuple[Any, ...], str, str, Place]] = []

    # -- learning --------------------------------------------------------------------------------------------------

    def look(self, key: str, text: str, order: "tuple[Any, ...]", place: "tuple[str, int, int]") -> None:
        """Search a text of a transcript. ``order`` decides the numbers of what is new: see ``settle``."""
        for finding in self.engine.find_named(key, text):
            value = text[finding.start : finding.end]
            if value not in self._by_value:
                self._new.append(((*order, finding.start), value, finding.kind, (*place, finding.start, finding.end)))

    def settle(self) -> "list[Secret]":
        """Number what was found since the last time, in its order. Returns the secrets that are new."""
        made = [self._add(value, kind, place) for _, value, kind, place in sorted(self._new)]
        self._new.clear()
        return [secret for secret in made if secret is not None]

    def know(self, value: str, kind: str) -> None:
        """Take out that value, too, under a mark without a number. ``state`` cannot tell of it."""
        if value not in self._by_value:
            secret = Secret(value, kind, 0, ("", 0, 0, 0, 0))
            self.secrets.append(secret)
            self._by_value[value] = secret

    def _add(self, value: str, kind: str, place: "Place") -> "Secret | None":
        if value in self._by_value:
            return None
        secret = Secret(value, kind, len(self.secrets) + 1, place)
        self.secrets.append(secret)
        self._by_value[value] = secret
        return secret

    # -- cleaning --------------------------------------------------------------------------------------------------

    def clean(self, text: str, key: str = "") -> str:
        """The text with every secret replaced by its mark: what the engine sees in it, and what was seen before.

        ``key`` is the name the text stands under, which may itself say that it is a secret. What the engine sees only
        here (two texts that were joined) has no number. Cleaning twice changes nothing.
        """
        spans = [(found.start, found.end, self._mark(text, found)) for found in self.engine.find_named(key, text)]
        spans += occurrences(self.secrets, text)
        return replaced(text, spans) if spans else text

    def _mark(self, text: str, found: "Finding") -> str:
        known = self._by_value.get(text[found.start : found.end])
        return known.mark if known is not None else f"{MARK}{found.kind}]"

    # -- keeping ---------------------------------------------------------------------------------------------------

    def state(self) -> "list[list[Any]]":
        """JSON-able: kind and place of each secret in the order of their numbers; never a value."""
        return [[secret.kind, *secret.place] for secret in self.secrets]

    def restore(self, state: "list[list[Any]]", text_at: "Callable[[str, int, int], str]") -> None:
        """Take up an earlier ``state``. ``text_at(file, offset, which)`` reads a text of the transcript again.

        Raises LookupError where a place no longer holds what it held: the session is then to be read from its start.
        """
        for kind, file, offset, which, start, end in state:
            value = text_at(file, offset, which)[start:end]
            if len(value) != end - start or self._add(value, kind, (file, offset, which, start, end)) is None:
                raise LookupError(f"{file}:{offset}")

    def counts(self) -> "dict[str, int]":
        """Distinct secrets by kind."""
        made: dict[str, int] = {}
        for secret in self.secrets:
            made[secret.kind] = made.get(secret.kind, 0) + 1
        return dict(sorted(made.items()))


def occurrences(secrets: "Iterable[Secret]", text: str) -> "list[tuple[int, int, str]]":
    """(start, end, mark) of every place where one of the secrets stands in the text, in any wrapping."""
    return [(start, end, secret.mark) for secret in secrets for start, end in secret.again.find(text)]


def replaced(text: str, spans: "list[tuple[int, int, str]]") -> str:
    """The text with each span replaced by its mark. Of spans that overlap the first and longest gives the mark, and
    what any of them covers goes."""
    made: list[str] = []
    at = 0
    for start, end, mark in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        if start >= at:
            made += [text[at:start], mark]
        at = max(at, end)
    return "".join([*made, text[at:]])
