"""The generic forms: names with a value, headers, addresses, flags, keys in blocks, hashes, tokens drawn by chance.

Passes over the lower-cased bytes find the places where a name may stand; all else is matched only there.
"""

from gitml.redact import generic_assign, generic_blocks, generic_flags, generic_headers, generic_opaque, generic_urls
from gitml.redact.generic_names import LONGEST, strength
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

# Parts of names. The short ones must be followed by what follows a name, since they are parts of many words.
_WORDS = (
    *(b"pass", b"pwd", b"secret", b"token", b"key", b"auth", b"cred", b"cookie", b"sess", b"bearer", b"basic ", b"psk"),
    *(b"mnemonic", b"phrase", b"kennwort", b"senha", b"contrase", b"connectionstring", b"sharedaccess"),
)
_SHORT_WORDS = (
    b"sig=",
    b"sid=",
    b"pw=",
    b"pw:",
    b'pw"',
    b"otp=",
    b"salt",
    b"jwt",
    b"dsn",
    b"pat=",
    b'pat"',
    b"pat:",
    b"sid:",
    b'sid"',
)
_SHORT = pattern(rb"(?:sig|sid|pw|otp|salt|jwt|dsn|pat)[=\"':]")


def find(scan: "Scan") -> None:
    """Every generic finding of the text."""
    generic_blocks.find(scan)
    generic_urls.find(scan)
    generic_flags.find(scan)
    _names(scan)
    generic_opaque.find(scan)


def _names(scan: "Scan") -> None:
    past, text = 0, scan.text
    for at in _places(scan.low):
        if at < past:
            continue
        start, past = scan.run_before(at), scan.run_at(at)
        if past - start > LONGEST:
            start, past = max(start, at - 30), min(past, at + 40)
        name = text[start:past]
        generic_headers.at_name(scan, start, past, name)
        if scan.low.startswith((b"pass", b"auth"), at):
            generic_flags.at_word(scan, at)
        weight = strength(name)
        if weight:
            generic_assign.at_name(scan, start, past, weight)


def _places(low: bytes) -> "list[int]":
    """Where a part of a name stands: each word searched alone, which is twice as fast as one pattern of all."""
    found: list[int] = []
    for word in _WORDS:
        at = low.find(word)
        while at >= 0:
            found.append(at)
            at = low.find(word, at + 2)
    if any(word in low for word in _SHORT_WORDS):
        found += [hit.start() for hit in _SHORT.finditer(low)]
    found.sort()
    return found
