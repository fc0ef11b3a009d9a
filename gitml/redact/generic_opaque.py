"""Tokens that no name and no prefix tells, only their look: long, of three classes of characters, switching often.

Digests, ids, paths, Base64 of files and names in code look alike; each is left out by a rule of its own.
"""

import re

from gitml.redact.generic_encoded import plain_data
from gitml.redact.generic_values import common_share, digits_in, switches
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 1
LEAST, MOST = 19, 160
"""Shorter ones are too often names, longer ones are data: signatures, certificates, pictures."""

_WHOLE = pattern(r"[A-Za-z0-9+/_=~-]{1,4096}")
_BEFORE = pattern(
    r"(?:sha-?[0-9]{0,3}|md5|h1|digest|integrity|checksum|hash|etag|fingerprint|commit|blob|tree|rev|nonce|"
    r"signature|base64|"
    r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]{2,40}|public[ _-]?key|pubkey|thumbprint|[a-z_]{0,20}id|uuid|guid|"
    r"encrypted_content|ref|v)"
    r"[\"'\\]{0,4}[ \t]{0,4}[-:=,>(\[/][\"'\\ \t(]{0,6}$",
    re.I,
)
# A lower-case word before the one joint: the id of something, as services and agents name them.
_ID = pattern(
    r"(?:[a-z]{1,8}_)?(?:toolu|tool|msg|message|req|request|call|resp|response|rs|fc|ctc|ws|run|thread|asst|item|evt|event|"
    r"file|batch|session|sess|user|usr|org|proj|project|acct|cus|pi|pm|ch|in|sub|price|prod|txn|node|chatcmpl|cmpl|"
    r"gen|ft|ftjob|vs|step|trace|span|job|task|build|deploy|dpl|container|cntr|wrkspc|workspace|team|doc|page|block|"
    r"agent|conv|chat|rate|snapshot|img|image|asset|chunk|vendor|index|main|module|css|sc|jsx|emotion|svelte)[_-]{1,2}"
    r"[A-Za-z0-9_-]+$"
)
_MANGLED = pattern(r"(?:sha-?[0-9]{1,3}|md5|h1)-|_{0,3}Z[A-Z0-9]|_R[A-Z]|\$s[0-9]|_OBJC|\?")
_FILE = pattern(r"\.[A-Za-z][A-Za-z0-9]{0,5}(?![A-Za-z0-9])")
_KEYS = (
    "AAAAB3",
    "AAAAC3",
    "AAAAE2",
    "MII",
    "iVBOR",
    "/9j/",
    "R0lGOD",
    "UEsDB",
    "H4sI",
    "PHN2Zy",
    "d09G",
    "AGFzb",
    "Ci0tLS",
)


def find(scan: "Scan") -> None:
    """Every token of the text that only its look tells."""
    text, past = scan.text, 0
    for start, end in scan.runs():
        if start < past:
            continue
        piece = text[start:end]
        if piece.islower() or piece.isupper() or not any(map(piece.__contains__, "0123456789")):
            continue
        first, last = _around(text, start, end)
        past = last
        if LEAST <= last - first <= MOST and _opaque(text, first, last):
            scan.add(first, last, "token", RANK)


def _around(text: str, start: int, end: int) -> "tuple[int, int]":
    """The whole Base64 token that the run is part of."""
    while start > 0 and text[start - 1] in "+/=~" and end - start < MOST * 2:
        start = _back(text, start - 1)
    match = _WHOLE.match(text, start)
    last = match.end() if match is not None else end
    return start, max(last, end)


def _back(text: str, place: int) -> int:
    low = max(0, place - MOST)
    while place > low and (text[place - 1].isalnum() or text[place - 1] in "_-+/=~") and text[place - 1].isascii():
        place -= 1
    return place


def _opaque(text: str, first: int, last: int) -> bool:
    value = text[first:last].strip("=-_")
    if not _look(value) or _known_kind(value) or _known_place(text, first, last):
        return False
    return not plain_data(value)


def _look(value: str) -> bool:
    """Three classes, digits strewn in, switches as often as chance has them, no words."""
    digits = digits_in(value)
    uppers = sum(map(str.isupper, value))
    lowers = sum(map(str.islower, value))
    if digits < 2 or uppers < 3 or lowers < 3 or len(value) < LEAST:
        return False
    return switches(value) >= 0.3 * len(value) and common_share(value) < 0.5


def _known_kind(value: str) -> bool:
    if _ID.match(value) or _MANGLED.match(value) or value.startswith(_KEYS):
        return True
    parts = value.replace("-", "/").replace("_", "/").split("/")
    words = [part for part in parts if part.isalpha() and len(part) > 3 and common_share(part) >= 0.6]
    return bool(words) or value[0] in "/~" or len(set(value)) < 9


def _known_place(text: str, first: int, last: int) -> bool:
    """Behind a digest's or an id's name, in a path or an address, in a block of Base64."""
    before, after = text[max(0, first - 60) : first], text[last : last + 8]
    if _BEFORE.search(before) or before.endswith(("/", "\\", ".", "%", "@", "#", "?")) or after[:1] in ("/", "@", "("):
        return True
    if _FILE.match(after) or "://" in before.rsplit(" ", 1)[-1][-60:]:
        return True
    return _in_block(text, first, last)


def _in_block(text: str, first: int, last: int) -> bool:
    """A full line of Base64 with another before or behind it: a certificate, a picture."""
    if last - first < 40 or text[first - 1 : first] not in ("", "\n", " ", "\t", '"'):
        return False
    end = text.find("\n", last, last + 4)
    following = _WHOLE.match(text, end + 1 + (first - text.rfind("\n", 0, first) - 1)) if end >= 0 else None
    line = text.rfind("\n", 0, first)
    previous = text[max(0, line - (last - first)) : line] if line > 0 else ""
    full = len(previous) >= 40 and _WHOLE.fullmatch(previous.strip()) is not None
    return full or (following is not None and following.end() - following.start() >= 20)
