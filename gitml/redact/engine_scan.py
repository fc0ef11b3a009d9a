"""One text prepared for all layers: bytes with the text's own offsets, searched far faster than str."""

_LOWER = bytes(code + 32 if 65 <= code <= 90 else code for code in range(256))
_RUNS = bytes(
    120 if 48 <= code <= 57 or 65 <= code <= 90 or 97 <= code <= 122 or code in b"_-" else 32 for code in range(256)
)
RUN = 16
"""Shortest run of letters, digits, ``_`` and ``-`` that is looked at as a token: no vendor's is shorter."""


class Spans:
    """What the layers found: (start, end, kind, rank); a higher rank names the kind where findings overlap."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[tuple[int, int, str, int]] = []

    def add(self, start: int, end: int, kind: str, rank: int) -> None:
        """Note a finding; an empty one is none."""
        if end > start:
            self.found.append((start, end, kind, rank))


class Scan(Spans):
    """``text`` · ``low``: one byte a character, letters lower-case, ``?`` for what is not Latin-1 · ``shape``: ``x``
    for letters, digits, ``_`` and ``-``, a space for all else.
    """

    __slots__ = ("_runs", "low", "shape", "text")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self._runs: list[tuple[int, int]] | None = None
        data = text.encode("latin-1", "replace")
        self.low = data.translate(_LOWER)
        self.shape = data.translate(_RUNS)

    def runs(self) -> "list[tuple[int, int]]":
        """Every run of at least ``RUN`` token characters."""
        if self._runs is None:
            self._runs = self._find_runs()
        return self._runs

    def _find_runs(self) -> "list[tuple[int, int]]":
        shape, needle = self.shape, b"x" * RUN
        found: list[tuple[int, int]] = []
        start = shape.find(needle)
        while start >= 0:
            end = self.run_at(start + RUN)
            found.append((start, end))
            start = shape.find(needle, end)
        return found

    def wordy(self, start: int, end: int) -> bool:
        """Whether a run is letters, ``_`` and ``-`` alone, as names are."""
        return self.text[start:end].replace("_", "").replace("-", "").isalpha()

    def run_at(self, start: int) -> int:
        """Where the run of token characters that begins at ``start`` ends."""
        end = self.shape.find(b" ", start)
        return len(self.shape) if end < 0 else end

    def run_before(self, end: int) -> int:
        """Where the run of token characters that ends at ``end`` begins."""
        return self.shape.rfind(b" ", 0, end) + 1


def merged(found: "list[tuple[int, int, str, int]]") -> "list[tuple[int, int, str]]":
    """Findings sorted and apart: those that overlap become one, of the highest rank's kind, then the longest's."""
    result: list[tuple[int, int, str]] = []
    best: tuple[int, int] = (0, 0)
    for start, end, kind, rank in sorted(found, key=lambda item: (item[0], -item[1], -item[3], item[2])):
        if result and start < result[-1][1]:
            first, last, named = result[-1]
            if (rank, end - start) > best:
                named, best = kind, (rank, end - start)
            result[-1] = (first, max(last, end), named)
        else:
            result.append((start, end, kind))
            best = (rank, end - start)
    return result
