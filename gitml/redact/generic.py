"""The generic forms: names with a value, headers, addresses, flags, keys in blocks, hashes, tokens drawn by chance.

One pass over the lower-cased bytes finds the places where a name may stand; all else is matched only there.
"""

import re

from gitml.redact import generic_assign, generic_blocks, generic_flags, generic_headers, generic_opaque, generic_urls
from gitml.redact.generic_names import LONGEST, strength

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

# Parts of names. The shortest must be followed by what follows a name, since they are parts of many words.
_WORDS = re.compile(
    rb"pass|pwd|secret|token|key|auth|cred|cookie|sess|bearer|basic |psk|mnemonic|phrase|kennwort|senha|contrase"
    rb"|connectionstring|sharedaccess|sig[=\"':]|sid[=\"':]|pw[=\"':]|otp[=\"':]|salt[=\"':]|jwt[=\"':]|dsn[=\"':]|pat[=\"':]"
)


def find(scan: "Scan") -> None:
    """Every generic finding of the text."""
    generic_blocks.find(scan)
    generic_urls.find(scan)
    generic_flags.find(scan)
    _names(scan)
    generic_opaque.find(scan)


def _names(scan: "Scan") -> None:
    past, text = 0, scan.text
    for hit in _WORDS.finditer(scan.low):
        if hit.start() < past:
            continue
        start, past = scan.run_before(hit.start()), scan.run_at(hit.start())
        if past - start > LONGEST:
            start, past = max(start, hit.start() - 30), min(past, hit.end() + 30)
        name = text[start:past]
        generic_headers.at_name(scan, start, past, name)
        if hit[0] in (b"pass", b"auth"):
            generic_flags.at_word(scan, hit.start())
        weight = strength(name)
        if weight:
            generic_assign.at_name(scan, start, past, weight)
