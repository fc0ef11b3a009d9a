"""Where a value is cut: a terminal's wrapped line, the chunks of a stream. Searched again with the pieces joined.

Only what reaches over a seam is taken from the joined text.
"""

import re

from gitml.redact.generic_values import common_share
from gitml.redact.lazily import pattern

# The end of a line and the begin of the next, both within a word. What a name or a log's line begins with is no rest.
_FRAGMENT = pattern(r"-?[A-Za-z0-9_+/=.~-]{1,400}")
_NO_REST = pattern(r"[0-9]{1,4}[.)-]?$|[0-9]{4}-[0-9]{2}|[0-9]{1,2}:[0-9]{2}|v?[0-9]+(?:\.[0-9]+)+$|[0-9]+$")
_AFTER = " \t\r\n\"'`\\,;&<>)]}@?#%!\0"
_TEXT_KEYS = (
    "delta|content|text|output|chunk|data|token|partial_json|stdout|stderr|value|thinking|response|message|arguments"
    "|d|t|c|s"
)
_CHUNK = pattern(rf"\"(?:{_TEXT_KEYS})\\{{0,3}}\" ?: ?\"((?:[^\"\\\n\0]|\\[^\n\0]){{0,4000}})\"[^\"\n\0]{{0,40}}")
_SHAPES = bytes(
    code if code in b"\r\n" else 120 if chr(code).isascii() and (chr(code).isalnum() or code in b"_-") else 32
    for code in range(256)
)
LONGEST_LINE = 4000
"""A stream's chunk is no longer than this."""


def seams(text: str, low: bytes) -> "list[tuple[int, int]]":
    """The spans that stand between two pieces, sorted, apart. ``low``: that of ``Scan``."""
    found = _lines(text, low.translate(_SHAPES))
    if low.count(b'\n{"') + low.count(b'data: {"') + low.count(b'data:{"') + low.startswith(b'{"') > 1:
        found += _chunks(text)
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _lines(text: str, shape: bytes) -> "list[tuple[int, int]]":
    found: list[tuple[int, int]] = []
    for cut, size in ((b"x\nx", 1), (b"x\r\nx", 2)):
        if size == 2 and b"\r" not in shape:
            break
        at = shape.find(cut)
        while at >= 0:
            if _goes_on(text, at + 1 + size):
                found.append((at + 1, at + 1 + size))
            at = shape.find(cut, at + 1)
    return found


def _goes_on(text: str, start: int) -> bool:
    """Whether the line's first word looks like the rest of a token."""
    match = _FRAGMENT.match(text, start)
    if match is None or text[match.end() : match.end() + 1] not in _AFTER:
        return False
    piece = match[0]
    if _NO_REST.match(piece):
        return piece.isdigit() and len(piece) <= 2 and text[match.end() : match.end() + 1] in ("", "\n")
    if len(piece) < 2 or "=" in piece.rstrip("=")[:40] or piece.endswith((":", ".")):
        return False
    if any(map(piece.__contains__, "0123456789")):
        return True
    camel = piece[1:] != piece[1:].lower() and not piece.isupper()
    return (camel or len(piece) >= 4) and common_share(piece) < (0.5 if camel else 0.35)


def _chunks(text: str) -> "list[tuple[int, int]]":
    """Between the texts of two JSON lines that follow each other: events of a stream."""
    found: list[tuple[int, int]] = []
    last: re.Match[str] | None = None
    position, size = 0, len(text)
    while position < size:
        end = text.find("\n", position)
        end = size if end < 0 else end
        if text.startswith(('{"', 'data: {"', 'data:{"', "[{"), position):
            match = _chunk(text, position, end)
            if last is not None and match is not None and match.start(1) - last.end(1) < LONGEST_LINE:
                found.append((last.end(1), match.start(1)))
            last = match
        elif end > position + 1 and not text.startswith(("event:", "id:", "data:", ": "), position):
            last = None
        position = end + 1
    return found


def _chunk(text: str, start: int, end: int) -> "re.Match[str] | None":
    """The last of the texts in a chunk's line."""
    if end - start > LONGEST_LINE:
        return None
    texts = list(_CHUNK.finditer(text, start, end))
    return texts[-1] if texts else None
