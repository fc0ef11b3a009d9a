"""Private keys as blocks, whole or cut, escaped or not, and the hashes of passwords."""

import re

from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 7
_BEGIN = pattern(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END = pattern(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END_CUT = pattern(r"-----END|---- END")
_BODY = pattern(
    r"(?:[ \t\r\n+>|\\nr\"',]*(?:[A-Za-z0-9+/=]{4,}|Proc-Type:[^\n\\\0]{0,60}|DEK-Info:[^\n\\\0]{0,90}|"
    r"Version:[^\n\\\0]{0,80}|"
    r"Comment:[^\n\\\0]{0,120}|Hash:[^\n\\\0]{0,40}))+[=\r\n]*"
)
_SSH2 = pattern(r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----[^\0]{0,8000}?(?:---- END[^\n\0]{0,60}|$)")
_PUTTY = pattern(
    r"Private-Lines: ?[0-9]{1,4}((?:\\?[\r\n]+|\\n)(?:[ \t]*[A-Za-z0-9+/=]{1,80}(?:\\?[\r\n]+|\\r\\n|\\n|$)){1,200})"
    r"(?:Private-(?:MAC|Hash): ?([0-9a-f]{20,128}))?"
)
_JWK = pattern(r"\"(?:d|p|q|dp|dq|qi|k)\"\s{0,4}:\s{0,4}\"([A-Za-z0-9_-]{16,2048})\"")
_RSA_XML = pattern(r"<(?:D|P|Q|DP|DQ|InverseQ)>([A-Za-z0-9+/=\s]{20,2048})</")
LONGEST = 16384
"""A private key is no longer than this."""

_HASH = pattern(
    rb"\$(?:2[abxy]?\$[0-9]{2}\$[a-z0-9./]{20,60}"
    rb"|(?:1|5|6|7|y|gy|md5|apr1|sha1|sm3)\$(?:rounds=[0-9]{1,9}\$|[a-z0-9./]{1,8}\$(?=[a-z0-9./]{1,64}\$))?[a-z0-9./]{0,64}\$[a-z0-9./]{16,128}"
    rb"|argon2(?:id|i|d)\$[a-z0-9=,$+/.-]{20,400}"
    rb"|(?:pbkdf2|scrypt|bcrypt|ssha|s0|s1|s2)[a-z0-9-]{0,12}\$[a-z0-9=,$+/.*-]{20,400})"
)
_DJANGO = pattern(
    rb"(?:pbkdf2_sha[0-9]{1,3}|argon2|bcrypt_sha256|scrypt)\$[a-z0-9=,$+/.-]{20,300}|scrypt:[0-9:]{5,20}\$[a-z0-9]{8,40}\$[0-9a-f]{32,160}"
)
_LDAP = pattern(rb"\{(?:s?sha[0-9]{0,3}|s?md5|crypt|pbkdf2[a-z0-9-]{0,10})\}[a-z0-9+/=$.]{16,200}")


def find(scan: "Scan") -> None:
    """Every private key and every password's hash."""
    low = scan.low
    if b"-----begin " in low:
        _pem(scan)
    if b"---- begin ssh2" in low:
        _all(scan, _SSH2, 0, "private-key")
    if b"private-lines:" in low:
        _putty(scan)
    if b'"kty"' in low:
        _all(scan, _JWK, 1, "private-key")
    if b"<rsakeyvalue>" in low:
        _all(scan, _RSA_XML, 1, "private-key")
    _hashes(scan)


def _all(scan: "Scan", shape: "re.Pattern[str]", group: int, kind: str) -> None:
    for match in shape.finditer(scan.text):
        scan.add(match.start(group), match.end(group), kind, RANK)


def _pem(scan: "Scan") -> None:
    """From the first line to the last. A key that is cut ends where its body does."""
    at = scan.low.find(b"-----begin ")
    while at >= 0:
        begin = _BEGIN.match(scan.text, at)
        last = _body_end(scan.text, begin.end()) if begin is not None else 0
        if begin is not None and last > begin.end():
            scan.add(at, last, "private-key", RANK)
        at = scan.low.find(b"-----begin ", max(at + 11, last))


def _body_end(text: str, start: int) -> int:
    """Where the key that goes on at ``start`` ends; ``start`` itself where none does."""
    end = _END.search(text, start, start + LONGEST)
    again = _BEGIN.search(text, start, end.start() if end else start + LONGEST)
    nul = text.find("\0", start, end.end() if end else start + 1)
    if end is not None and again is None and nul < 0:
        inside = text[start : end.start()]
        return end.end() if len(inside.strip()) >= 16 and "..." not in inside[:12] else start
    body = _BODY.match(text, start, start + LONGEST)
    return body.end() if body is not None and body.end() - start >= 16 else start


def _putty(scan: "Scan") -> None:
    for match in _PUTTY.finditer(scan.text):
        scan.add(match.start(1), match.end(1), "private-key", RANK)
        if match[2]:
            scan.add(match.start(2), match.end(2), "private-key", RANK)


def _hashes(scan: "Scan") -> None:
    low = scan.low
    if b"$" in low:
        _crypted(scan)
        if b"pbkdf2_sha" in low or b"argon2$" in low or b"scrypt:" in low or b"scrypt$" in low or b"bcrypt_sha" in low:
            for match in _DJANGO.finditer(low):
                scan.add(match.start(), match.end(), "password-hash", RANK)
    if b"sha}" in low or b"md5}" in low or b"crypt}" in low or b"{ssha" in low or b"{sha" in low:
        for match in _LDAP.finditer(low):
            scan.add(match.start(), match.end(), "password-hash", RANK)


def _crypted(scan: "Scan") -> None:
    at = scan.low.find(b"$")
    while at >= 0:
        match = _HASH.match(scan.low, at)
        if match is not None:
            scan.add(at, match.end(), "password-hash", RANK)
        at = scan.low.find(b"$", match.end() if match is not None else at + 1)
