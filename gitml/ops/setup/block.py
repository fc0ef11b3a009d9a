"""A marked block of lines in a file that is somebody else's: put in, found, repaired, taken out."""

from __future__ import annotations

from gitml.ops.setup.inserts import Insertion

START = "# >>> gitml >>>"
END = "# <<< gitml <<<"


class Markers:
    """The pair of lines a block stands between."""

    __slots__ = ("end", "start")

    def __init__(self, start: str = START, end: str = END) -> None:
        self.start = start
        self.end = end

    def wrap(self, body: str) -> str:
        """The block: ``body`` between the marker lines, with a newline at the end."""
        return f"{self.start}\n{body.rstrip()}\n{self.end}\n"

    def count(self, text: str) -> tuple[int, int]:
        """How many start and how many end markers there are, each on a line of its own."""
        lines = [line.strip() for line in text.splitlines()]
        return lines.count(self.start), lines.count(self.end)

    def stripped(self, text: str, known: str) -> str:
        """The text without its blocks. Of a damaged one (a marker without its other half) the marker goes, and the
        lines next to it that are lines of ``known``, the block gitml writes; whatever else stands there stays."""
        ours = {line.strip() for line in known.splitlines()}
        kept: list[str] = []
        lines = text.splitlines(keepends=True)
        at = 0
        while at < len(lines):
            line = lines[at].strip()
            if line == self.start:
                at = self._behind(lines, at, ours)
            elif line == self.end:
                _drop_tail(kept, ours)
                at += 1
            else:
                kept.append(lines[at])
                at += 1
        rest = "".join(kept)
        return rest.removesuffix("\n") if text.endswith(self.end) else rest

    def at_end(self, text: str, body: str) -> Insertion:
        """The block, to be added behind the text. Where that has no newline at its end, neither has the block: so it
        can be taken out exactly, even by somebody who remembers nothing."""
        if text and not text.endswith("\n"):
            return Insertion(len(text), "\n" + self.wrap(body).removesuffix("\n"))
        return Insertion(len(text), self.wrap(body))

    def _behind(self, lines: list[str], at: int, ours: set[str]) -> int:
        """The line after the block that starts at ``at``."""
        for index in range(at + 1, len(lines)):
            if lines[index].strip() == self.end:
                return index + 1
            if lines[index].strip() == self.start:
                break
        first = at = at + 1
        while at < len(lines) and lines[at].strip() in ours - {self.start}:
            at += 1
        while at > first and not lines[at - 1].strip():  # blank lines at the edge are as likely the user's
            at -= 1
        return at


def _drop_tail(kept: list[str], ours: set[str]) -> None:
    dropped = []
    while kept and kept[-1].strip() in ours:
        dropped.append(kept.pop())
    while dropped and not dropped[-1].strip():
        kept.append(dropped.pop())


SHELL = Markers()
"""Hooks and ``info/exclude``."""

MARKDOWN = Markers(f"<!-- {START[2:]} -->", f"<!-- {END[2:]} -->")
"""CLAUDE.md, AGENTS.md."""
