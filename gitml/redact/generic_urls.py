"""Credentials in addresses: ``scheme://user:password@host``, and a token in the user's place."""

import re

from gitml.redact.generic_values import common_share, is_hex, no_value, random_like
from gitml.redact.lazily import pattern
from gitml.redact.vendor_shapes import at_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 5
_USER = pattern(r"([^\s/:@\"'`\\<>?#\0]{0,256})(?::([^\s\"'`\\<>\0/]{1,512}))?@(?=[A-Za-z0-9\[_.$%{<-])")
_HOOK = pattern(r"[^/\s\0]{0,80}(?:hook|discord|ifttt|chat\.google|dingtalk|feishu|lark|weixin)", re.I)
_ORACLE = pattern(r"jdbc:oracle:[a-z]{2,6}:[^\s/@\0]{1,64}/([^\s@\"'\0]{3,128})@", re.I)


def find(scan: "Scan") -> None:
    """Passwords and tokens of every address in the text."""
    low = scan.low
    users = b"@" in low
    at = low.find(b"://")
    while at >= 0:
        match = _USER.match(scan.text, at + 3) if users else None
        if match is not None:
            _user(scan, match)
        elif _HOOK.match(scan.text, at + 3):
            at_address(scan, at + 3)
        at = low.find(b"://", at + 3)
    if b"jdbc:oracle" in low:
        for match in _ORACLE.finditer(scan.text):
            scan.add(match.start(1), match.end(1), "url-password", RANK)


def _user(scan: "Scan", match: "re.Match[str]") -> None:
    user, password = match[1], match[2]
    if password is None:
        if len(user) >= 16 and (is_hex(user) or (random_like(user) and common_share(user) < 0.5)):
            scan.add(match.start(1), match.end(1), "url-token", RANK)
        return
    if len(user) >= 20 and random_like(user) and password.startswith("x-"):
        scan.add(match.start(1), match.end(1), "url-token", RANK)
    elif not _stands_for(password):
        scan.add(match.start(2), match.end(2), "url-password", RANK)


def _stands_for(password: str) -> bool:
    """A variable or a placeholder; ``password`` itself is a password that people use, but a documentation's too."""
    if password.lower() in ("password", "pass", "passwd", "pwd", "secret", "xxx", "token", "x-oauth-basic"):
        return True
    return password[0] in "$<{%[" and no_value(password, True)
