"""Credentials in HTTP headers: ``Authorization`` of any scheme, cookies, schemes that stand alone."""

from gitml.redact.generic_names import strength
from gitml.redact.generic_values import common_share, mixed, no_value, random_like
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 5
_BEARER = pattern(r"[ \t]{1,4}([A-Za-z0-9_.~+/|:=-]{8,8192})")
_BASIC = pattern(r"[ \t]{1,4}([A-Za-z0-9+/_-]{6,2048}={0,2})")
_COOKIES = pattern(r"\\{0,3}[\"']?[ \t]{0,4}[:=,][ \t]{0,4}\\{0,3}[\"']?([^\n\r\"'\\\0]{8,8192})")
_COOKIE = pattern(r"([^=;,\s\0]{1,80})=([^;,\s\0]{8,4096})")
_PLAIN_COOKIES = ("path", "domain", "expires", "max-age", "samesite", "theme", "lang", "locale", "_ga", "_gid")
_TUPLE = pattern(
    r"(?:\s{0,4}[=:,]\s{0,4}|\()[\[(]?\s{0,4}[\"']([^\"'\n\0]{1,100})[\"']\s{0,4},\s{0,4}[\"']([^\"'\n\0]{4,200})[\"']\s{0,4}[\])]"
)


def at_name(scan: "Scan", start: int, end: int, name: str) -> None:
    """Look behind a name that is a header's, a scheme's, or that of a pair of credentials."""
    lowered = name.lower()
    if lowered in ("bearer", "basic"):
        _scheme(scan, end, lowered)
    elif lowered.endswith("cookie") or lowered == "cookies":
        _cookies(scan, end)
    elif lowered.endswith("auth") or lowered in ("basic_auth", "auth_basic", "credentials"):
        _pair(scan, end)


def _scheme(scan: "Scan", end: int, scheme: str) -> None:
    match = (_BEARER if scheme == "bearer" else _BASIC).match(scan.text, end)
    if match is None or no_value(match[1], False):
        return
    value = match[1].rstrip(".")
    good = _basic(value) if scheme == "basic" else _bearer(value)
    if good:
        scan.add(
            match.start(1), match.start(1) + len(value), f"{scheme}-auth" if scheme == "basic" else "bearer-token", RANK
        )


def _bearer(value: str) -> bool:
    if len(value) >= 16:
        return (mixed(value) and (random_like(value) or common_share(value) < 0.8)) or common_share(value) < 0.5
    return mixed(value) and common_share(value) <= 0.5


def _basic(value: str) -> bool:
    """Base64 of ``user:password``."""
    from binascii import Error, a2b_base64

    try:
        plain = a2b_base64(value + "=" * (-len(value) % 4))
    except (Error, ValueError):
        return len(value) >= 16 and mixed(value)
    return b":" in plain or (len(value) >= 20 and mixed(value) and common_share(value) < 0.6)


def _cookies(scan: "Scan", end: int) -> None:
    header = _COOKIES.match(scan.text, end)
    if header is None:
        return
    for match in _COOKIE.finditer(scan.text, header.start(1), header.end(1)):
        name, value = match[1], match[2]
        if name.lower().startswith(_PLAIN_COOKIES) or no_value(value, True):
            continue
        if (
            random_like(value, 12)
            or (strength(name) and mixed(value))
            or (strength(name) and common_share(value) < 0.5)
        ):
            scan.add(match.start(2), match.end(2), "cookie", RANK)


def _pair(scan: "Scan", end: int) -> None:
    """``auth=("user", "password")``, ``HTTPBasicAuth("user", "password")``."""
    match = _TUPLE.match(scan.text, end)
    if match is not None and not no_value(match[2], True) and " " not in match[2]:
        scan.add(match.start(2), match.end(2), "password", RANK)
