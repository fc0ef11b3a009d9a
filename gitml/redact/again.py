"""Finding a value again that was found once: as it is, escaped, encoded, or broken over lines."""

import re

SHORTEST = 8
"""Characters. A shorter password may be a word; it goes where its context gives it away, and is no search term."""
_CORE = 12
"""Base64 characters that must agree; fewer would fit by chance."""
_WORD = re.compile(r"[A-Za-z]+|[0-9]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_=-]*")
_QUOTING = r"[ \t]*(?:[+\->|#*] ?)?"
_BREAKS = (
    re.compile(rf"\\?[ \t\r]*\n{_QUOTING}|\"\s*\+?\s*\n\s*\""),
    re.compile(rf"\n{_QUOTING}"),
)
"""How text is broken over lines: with a shell's backslash, indented, quoted by a diff or a mail, or as joined strings.
The second leaves a blank or a backslash before the break to the value."""
WIDEST = 4


class Again:
    """The forms a value can come again in. Made once a value; ``find`` costs one search a form."""

    __slots__ = ("_base64", "_plain", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        searchable = len(value) >= SHORTEST and _WORD.fullmatch(value) is None
        self._plain = _escaped(value) if searchable else ()
        self._base64 = _encoded(value) if searchable else ()

    def find(self, text: str) -> "list[tuple[int, int]]":
        """(start, end) of each occurrence, wrapping included."""
        spans: list[tuple[int, int]] = []
        for form in self._plain:
            spans += _all(form, text)
        for form in self._base64:
            spans += [_run(text, start, end, len(self._value)) for start, end in _all(form, text)]
        if self._plain and "\n" in text and not spans:
            spans += [span for how in _BREAKS for span in _broken(self._value, text, how)]
        return spans


def _escaped(value: str) -> "tuple[str, ...]":
    """The value, in JSON, in JSON in JSON, and in a URL; each form once, longest first."""
    from json import dumps

    forms = {value, _percent(value, ""), _percent(value, "/"), _percent(value, "", "+")}
    for ascii in (False, True):
        once = dumps(value, ensure_ascii=ascii)[1:-1]
        forms |= {once, dumps(once, ensure_ascii=ascii)[1:-1]}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _percent(value: str, safe: str, space: str = "%20") -> str:
    kept = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~" + safe
    data = value.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if chr(byte) in kept else space if byte == 32 else f"%{byte:02X}" for byte in data)


def _encoded(value: str) -> "tuple[str, ...]":
    """What of its Base64 does not depend on what stands before and behind, at each of the three alignments."""
    from binascii import b2a_base64

    data = value.encode("utf-8", "surrogatepass")
    forms = set()
    for lead in range(3):
        text = b2a_base64(b"\0" * lead + data, newline=False).decode()
        core = text[(lead * 8 + 5) // 6 : (lead + len(data)) * 8 // 6]
        if len(core) >= _CORE:
            forms |= {core, core.replace("+", "-").replace("/", "_")}
    return tuple(sorted(forms))


def _all(form: str, text: str) -> "list[tuple[int, int]]":
    spans = []
    at = text.find(form)
    while at >= 0:
        spans.append((at, at + len(form)))
        at = text.find(form, at + len(form))
    return spans


def _run(text: str, start: int, end: int, size: int) -> "tuple[int, int]":
    """The whole Base64 run around a core, if it is not much longer than the value: its edges hold the rest of it."""
    first = start
    while first > 0 and start - first < WIDEST * size and _BASE64.fullmatch(text[first - 1]):
        first -= 1
    run = _BASE64.match(text, end)
    last = run.end() if run is not None else end
    return (first if start - first < WIDEST * size else start, last if last - end < WIDEST * size else end)


def _broken(value: str, text: str, how: "re.Pattern[str]") -> "list[tuple[int, int]]":
    """Occurrences with line breaks inside: the text without its breaks is searched, and positions are mapped back."""
    pieces: list[str] = []
    starts: list[int] = []  # where each piece begins in the joined text
    origins: list[int] = []  # and in the text
    at = length = 0
    for found in how.finditer(text):
        pieces.append(text[at : found.start()])
        starts.append(length)
        origins.append(at)
        length += found.start() - at
        at = found.end()
    pieces.append(text[at:])
    starts.append(length)
    origins.append(at)
    return [
        (_origin(start, starts, origins), _origin(end - 1, starts, origins) + 1)
        for start, end in _all(value, "".join(pieces))
    ]


def _origin(position: int, starts: "list[int]", origins: "list[int]") -> int:
    from bisect import bisect_right

    piece = bisect_right(starts, position) - 1
    return origins[piece] + position - starts[piece]
