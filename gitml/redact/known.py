"""Secrets that are known by their exact value: those of the environment and of the files that hold such things.

The hook path imports this. Values are matched and never written: no representation, error or log shows one, and a
``Known`` cannot be pickled.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, NoReturn

    from gitml.redact.engine import Finding

KIND = "known"
SHORTEST = 8
"""Characters. Shorter values stand in ordinary text too often."""

MOST = 2000
"""Values; the first ones found count."""

FEW = 24
"""Values searched one by one, 1 to 5 GB/s each; beyond, all at once where pyahocorasick is installed."""


class Known:
    """Exact values, found wherever they stand. Without any it costs nothing."""

    __slots__ = ("_machine", "_sources", "_values")

    def __init__(self, values: "Iterable[str]" = (), sources: int = 0) -> None:
        """``sources``: how many files and variables they came from, for people."""
        kept = dict.fromkeys(value for value in values if len(value) >= SHORTEST)
        self._values = sorted(list(kept)[:MOST])
        self._sources = sources
        self._machine: Any = None

    def __repr__(self) -> str:
        return f"Known({len(self._values)} values of {self._sources} sources)"

    __str__ = __repr__

    def __len__(self) -> int:
        return len(self._values)

    def __reduce__(self) -> "NoReturn":
        raise TypeError("known values are never written")

    @classmethod
    def gather(cls, root: "str | Iterable[str]", environ: "Mapping[str, str]") -> "Known":
        """What the environment, the work tree (or several) and the home folder in it know. Raises nothing.

        What cannot be read is passed by. Files: see ``known_files``.
        """
        from gitml.redact import known_files, known_values

        roots = [root] if isinstance(root, str) else list(root)
        values = known_values.of_environment(environ)
        sources = len(values)
        for path, kind in known_files.paths(roots, environ.get("HOME", "")):
            data = known_files.read(path)
            if data:
                values += known_values.of_file(kind, data)
                sources += 1
        return cls(values, sources)

    def find(self, text: str) -> "list[Finding]":
        """Every place of every value: sorted, apart; of values that overlap all that any of them covers is found."""
        if not self._values or len(text) < SHORTEST:
            return []
        spans = self._each(text) if len(self._values) <= FEW else self._all(text)
        if not spans:
            return []
        from gitml.redact.engine import Finding

        return [Finding(start, end, KIND) for start, end in _joined(spans)]

    def _each(self, text: str) -> "list[tuple[int, int]]":
        spans = []
        for value in self._values:
            at = text.find(value)
            while at >= 0:
                spans.append((at, at + len(value)))
                at = text.find(value, at + 1)
        return spans

    def _all(self, text: str) -> "list[tuple[int, int]]":
        if self._machine is None and self._values:
            self._machine = _machine(self._values)
        if not self._machine:
            return self._each(text)
        return [(end + 1 - length, end + 1) for end, length in self._machine.iter(text)]


def _machine(values: "list[str]") -> "Any":
    """An Aho-Corasick automaton, or False without the package for it: the same places are found, more slowly."""
    try:
        made = __import__("ahocorasick").Automaton()
    except ImportError:
        return False
    for value in values:
        made.add_word(value, len(value))
    made.make_automaton()
    return made


def _joined(spans: "list[tuple[int, int]]") -> "list[tuple[int, int]]":
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
