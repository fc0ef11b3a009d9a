"""Our own patterns of vendors' tokens, matched only where a long run of token characters says that one may stand.

Not gated by entropy or stop words: for a redactor a near miss is still better removed.
"""

import re

from gitml.redact import vendor_shapes
from gitml.redact.generic_values import common_share, digits_in, is_hex, switches
from gitml.redact.lazily import pattern
from gitml.redact.vendor_table import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 6
HEAD = 2
"""Characters of a prefix that the rules are looked up by."""
ENOUGH = 0.6
"""This much of a token's documented length is a token: logs and people cut them."""

_ALPHABETS = {
    "A": r"[A-Za-z0-9]",
    "H": r"[0-9a-fA-F]",
    "L": r"[a-z0-9]",
    "U": r"[A-Z0-9]",
    "W": r"[A-Za-z0-9_-]",
    "D": r"[A-Za-z0-9_.-]",
    "B": r"[A-Za-z0-9_+/=-]",
    "X": r"[^\s\"'`<>\\\0,;)\]}]",
}
_DIGEST = pattern(r"(?:sha-?[0-9]{1,3}|md5)-[A-Za-z0-9]")
_INNER = pattern(r"[_-]+")
_ANSI = pattern(r"[0-9]{1,3}m")


class Rule:
    """One prefix of the table; its pattern is compiled when its prefix is first seen."""

    __slots__ = ("_pattern", "alphabet", "digit", "kind", "length", "prefix")

    def __init__(self, kind: str, alphabet: str, length: str, prefix: str) -> None:
        self.kind = kind
        self.alphabet = alphabet
        self.length = int(length.rstrip("!"))
        self.prefix = prefix
        self.digit = length.endswith("!")
        self._pattern: re.Pattern[str] | None = None

    def _surely(self, text: str, match: "re.Match[str]") -> bool:
        """Where the prefix says little, the rest must be drawn by chance; a digest may begin with digits like these."""
        body = match[0]
        at = match.start() - len(self.prefix)
        within = text[at - 1 : at] in ("+", "/") and "-" not in self.prefix and "_" not in self.prefix
        if len(body) > 3 * self.length or within:
            return False  # within Base64 of something larger
        exact = len(body) == self.length and text[match.end() : match.end() + 1] not in ("-", "_", ".")
        if is_hex(self.prefix) and not (exact and is_hex(body)):
            letters = body.upper() != body and body.lower() != body and digits_in(body) < len(body) // 2
            return self.alphabet != "H" and letters and not is_hex(body) and _mixed(body, 0.45)
        return _mixed(body, 0.62 if exact else 0.5)

    def end(self, text: str, start: int) -> int:
        """Where the token that begins at ``start`` with this prefix ends; 0 where it is none."""
        if self._pattern is None:
            least = max(8, int(self.length * (0.9 if len(self.prefix) < 3 else ENOUGH)))
            self._pattern = re.compile(f"{_ALPHABETS[self.alphabet]}{{{least},4096}}")
        match = self._pattern.match(text, start + len(self.prefix))
        if match is None or (self.digit and not self._surely(text, match)):
            return 0
        return match.end() if match[0][-1] not in ".-_" else start + len(text[start : match.end()].rstrip(".-_"))


def _mixed(body: str, most: float) -> bool:
    """Drawn by chance: no words with a number. ``most``: the share of letter pairs as in words."""
    digits = digits_in(body)
    if digits < 2 or digits == len(body):
        return False
    plain = body.replace("-", "").replace("_", "")
    return is_hex(plain) or (switches(plain) >= 0.2 * len(plain) and common_share(body) < most)


_heads: "dict[str, list[Rule]]" = {}


def heads() -> "dict[str, list[Rule]]":
    """The rules by the first characters of their prefixes, the longest prefix first."""
    if not _heads:
        made: dict[str, list[Rule]] = {}
        for line in TABLE.split("\n"):
            kind, alphabet, length, *prefixes = line.split() or ("", "", "")
            for prefix in prefixes:
                made.setdefault(prefix[:HEAD], []).append(Rule(kind, alphabet, length, prefix))
        for rules in made.values():
            rules.sort(key=lambda rule: -len(rule.prefix))
        _heads.update(made)
    return _heads


def token_end(text: str, start: int) -> "tuple[int, str]":
    """Where a vendor's token that begins at ``start`` ends, and its kind; (0, "") where none does."""
    for rule in heads().get(text[start : start + HEAD], ()):
        if text.startswith(rule.prefix, start):
            end = rule.end(text, start)
            if end:
                return end, rule.kind
    return 0, ""


def find(scan: "Scan") -> None:
    """Every vendor's token of the text."""
    known, text = heads(), scan.text
    for start, end in scan.runs():
        if _DIGEST.match(text, start):
            continue
        begin = _begin(scan, start)
        if text[begin : begin + HEAD] in known:
            _try(scan, begin, end)
        if text[start : start + HEAD] in known and begin != start:
            _try(scan, start, end)
        if scan.wordy(start, end):
            continue
        _inner(scan, start, end)
        vendor_shapes.at_run(scan, start, end)
    vendor_shapes.find(scan)


def _try(scan: "Scan", start: int, end: int) -> bool:
    last, kind = token_end(scan.text, start)
    if last:
        scan.add(start, last, kind, RANK)
    return bool(last)


def _begin(scan: "Scan", start: int) -> int:
    """Back over ``.`` and what else joins the pieces of a token: ``SG.…``, ``1//0…``, ``sha256~…``."""
    text = scan.text
    for _ in range(6):
        if start < 2 or text[start - 1] not in ".~:$/+" or scan.shape[start - 2] != 120:
            break
        before = scan.run_before(start - 1)
        if start - before > 200:
            break
        start = before
    return start


def _inner(scan: "Scan", start: int, end: int) -> None:
    """Tokens that begin within a run: behind a colour's code, an escaped quote, or a name."""
    text, known = scan.text, heads()
    glued = _ANSI.match(text, start, end)
    if glued and text[start - 1 : start] in ("[", ";"):
        _try(scan, glued.end(), end)
    if text[start - 1 : start] == "%" and text[start + 2 : start + 2 + HEAD] in known:
        _try(scan, start + 2, end)
    if end - start > 2000:
        return
    for joint in _INNER.finditer(text, start, end):
        place = joint.end()
        if text[place : place + HEAD] in known:
            last, kind = token_end(text, place)
            if last and last - place >= RUN_INSIDE:
                scan.add(place, last, kind, RANK)


RUN_INSIDE = 20
"""A token behind a name's ``_`` must be this long: words have prefixes, too."""
