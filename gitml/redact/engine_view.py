"""The text as the layers see it: marks collapsed to one NUL each, escapes undone, every offset leading back.

A mark counts as one character that no pattern accepts, so text with marks reads the same however long the marks are.
"""

import re
from bisect import bisect_right

from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

NUL = "\0"
GAP = "\n\0\n"
REACH = 2000
"""No rule looks further round what it finds, private keys apart, which have their own begin and end."""
MARKS = pattern(r"\[redacted:[a-z0-9-]{1,64}(?::[0-9]{1,9})?\]")


class View:
    """``text`` and where each of its characters came from: a list of breaks, between which offsets run in step."""

    __slots__ = ("_places", "_sources", "text")

    def __init__(self, text: str, places: "Sequence[int]" = (0,), sources: "Sequence[int]" = (0,)) -> None:
        self.text = text
        self._places = places
        self._sources = sources

    def back(self, place: int) -> int:
        """The offset in the source of the character at ``place``."""
        index = bisect_right(self._places, place) - 1
        return self._sources[index] + place - self._places[index]

    def span(self, start: int, end: int) -> "tuple[int, int]":
        """The source's span of ``start`` to ``end`` (at least one character)."""
        return self.back(start), self.back(end - 1) + 1

    def pieces(self, start: int, end: int) -> "list[tuple[int, int]]":
        """The source's spans of a joined text's span: one for each piece, two at least where it reaches over a seam."""
        first, last = bisect_right(self._places, start), bisect_right(self._places, end - 1)
        cuts = [start, *self._places[first:last], end]
        return [self.span(one, two) for one, two in zip(cuts, cuts[1:], strict=False) if two > one]  # noqa: RUF007  itertools is one import more


def collapsed(text: str, spans: "Sequence[tuple[int, int]]") -> View:
    """The text with each span (sorted, apart) as one NUL."""
    pieces: list[str] = []
    places, sources = [0], [0]
    place = position = 0
    for start, end in spans:
        pieces += [text[position:start], NUL]
        place += start - position + 1
        places += [place - 1, place]
        sources += [start, end]
        position = end
    return View("".join([*pieces, text[position:]]), places, sources)


def joined(text: str, cuts: "Sequence[tuple[int, int]]", near: "Sequence[tuple[int, int]]") -> View:
    """What is ``near`` (sorted, apart), the rest kept away by a NUL, and within it each cut left out."""
    pieces: list[str] = []
    places, sources = [0], [0]
    place, waiting = 0, list(reversed(cuts))
    for first, last in near:
        pieces.append(GAP)
        place += len(GAP)
        position = first
        while waiting and waiting[-1][0] < last:
            start, end = waiting.pop()
            pieces.append(text[position:start])
            places.append(place)
            sources.append(position)
            place += start - position
            position = end
        pieces.append(text[position:last])
        places.append(place)
        sources.append(position)
        place += last - position
    return View("".join([*pieces, GAP]), places, sources)


def windows(spans: "Sequence[tuple[int, int]]", size: int) -> "list[tuple[int, int]]":
    """Where the spans' surroundings are, sorted, apart: what a rule may look at round a finding."""
    near: list[tuple[int, int]] = []
    for start, end in spans:
        start, end = max(0, start - REACH), min(size, end + REACH)
        if near and start <= near[-1][1]:
            near[-1] = (near[-1][0], end)
        else:
            near.append((start, end))
    return near


def without_marks(text: str) -> View:
    """The text with each mark as one NUL."""
    if "[redacted:" not in text:
        return View(text)
    return collapsed(text, [match.span() for match in MARKS.finditer(text)])


# -- escapes -----------------------------------------------------------------------------------------------------------

ESCAPED = pattern(r'\\(?:["nrt]|u00)')
_ESCAPE = pattern(r"\\(?:u00([0-7][0-9a-fA-F])|(.))", re.S)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " ", '"': '"', "\\": "\\", "/": "/", "'": "'"}


def unescaped(text: str) -> "View | None":
    """The lines that hold JSON's escapes with these undone once, or None where there are none."""
    if "\\" not in text or ESCAPED.search(text) is None:
        return None
    pieces: list[str] = []
    places, sources = [0], [0]
    place = 0
    for line in _escaped_lines(text):
        place = _undo(text, line, pieces, places, sources, place)
    return View("".join(pieces), places, sources)


def _escaped_lines(text: str) -> "list[tuple[int, int]]":
    lines: list[tuple[int, int]] = []
    hit = ESCAPED.search(text)
    while hit is not None:
        start = text.rfind("\n", 0, hit.start()) + 1
        end = text.find("\n", hit.end())
        end = len(text) if end < 0 else end
        lines.append((start, end))
        hit = ESCAPED.search(text, end)
    return lines


def _undo(
    text: str, line: "tuple[int, int]", pieces: "list[str]", places: "list[int]", sources: "list[int]", place: int
) -> int:
    """Append one line, its escapes undone, and its line end. Returns the place after it."""
    position, end = line
    places.append(place)
    sources.append(position)
    for hit in _ESCAPE.finditer(text, position, end):
        plain = chr(int(hit[1], 16)) if hit[1] else _PLAIN.get(hit[2], " ")
        pieces += [text[position : hit.start()], plain]
        place += hit.start() - position + 1
        position = hit.end()
        places += [place - 1, place]
        sources += [hit.end() - 1, position]
    pieces += [text[position:end], "\n"]
    place += end - position + 1
    places += [place - 1, place]
    sources += [end - 1, end]
    return place
