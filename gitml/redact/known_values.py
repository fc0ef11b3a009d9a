"""Which values of an environment or a file are secrets that can be matched exactly. The hook path imports this."""

import json
import re
from binascii import Error, a2b_base64

from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SHORTEST = 8
LONGEST = 4096
"""Characters of a value; more is a document."""

_SECRET_NAME = pattern(
    r"(?i)pass(?:word|wd|phrase|_?code)?(?![a-z])|pwd(?![a-z])|secret|token|credential|api_?-?key|auth(?!or)|"
    r"(?:access|private|master|signing|encryption|service|account|license|deploy|ssh|storage)[_-]?key|_key$|"
    r"_pat$|_sas$|dsn$|database_url|connection_?string|conn_?str|webhook|cookie|salt$|session_?id|bearer"
)
_PUBLIC_NAME = pattern(
    r"(?i)^(?:old)?pwd$|public|_(?:id|path|file|dir|name|user|username|type|url_base|host|port|expiry|expires|ttl|scopes?|"
    r"method|mode|enabled|version|region|sock|algorithm|issuer|audience|count|limit|length|max|min|timeout)$|parallelism"
)
_NAME = pattern(r"(?:(?:export|set)[ \t]+)?([^\s=]{1,200}?)[ \t]*(?:=|:[ \t])[ \t]*")
_NETRC = pattern(r"\b(?:password|account)[ \t\n]+(\S+)")
_USERINFO = pattern(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://([^\s/@:]*):([^\s/@]+)@")
_KEY_BODY = pattern(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END|$)", re.S)
_BASE64 = pattern(r"[A-Za-z0-9+/=]{20,}")
_PATH = pattern(r"(?:~|\.{1,2})?/[^\s]*|[A-Za-z]:\\.*|(?:[\w.-]+/)+[\w.-]*")
_NUMBER = pattern(r"[\d\s.,:_/+-]+")
_URL = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_HOST = pattern(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?")
_WORDS = pattern(r"[A-Za-z]+(?:[_.-][A-Za-z]+)+|[A-Za-z]+ [A-Za-z]+|[A-Z]?[a-z]{1,9}")
_HEX_OR_UUID = pattern(r"[0-9a-fA-F-]+")
_COMMON = frozenset(
    {
        *("password", "password1", "password123", "passw0rd", "changeme", "changeit", "changethis", "secret12"),
        *("secret123", "administrator", "development", "production", "staging", "localhost", "postgres"),
        *("postgresql", "mongodb", "database", "username", "example", "examples", "disabled", "required"),
        *("undefined", "redacted", "placeholder", "anonymous", "container", "kubernetes", "terraform"),
        *("javascript", "typescript", "deadbeef", "12345678", "123456789", "qwerty123", "letmein1", "test1234"),
        *("testtest", "postgres1", "guestguest", "adminadmin", "rootroot", "minioadmin", "yourpassword"),
        *("mypassword", "your-password", "my-secret", "supersecret", "dontcare", "whatever"),
    }
)


def of_environment(environ: "Mapping[str, str]") -> "list[str]":
    """The values of secret-named variables, and passwords of URLs in any."""
    found: list[str] = []
    for name in sorted(environ):
        found += _assigned(name, environ[name], every=False)
    return found


def of_file(kind: str, text: str) -> "list[str]":
    """The secret values of a file of one of the kinds that ``known_files`` tells."""
    if kind == "pem":
        return _key_lines(text)
    if kind == "netrc":
        return [value for value in map(_unquoted, _NETRC.findall(text)) if _matchable(value)]
    if kind == "docker":
        return _docker(text)
    found = _key_lines(text)
    for line in text.splitlines():
        line = line.strip()
        named = _NAME.match(line)
        value = line[named.end() :] if named else ""
        if named and value and not line.startswith(("#", ";")):
            found += _assigned(named[1], _without_comment(value), every=kind == "dotenv")
    return found


def _assigned(name: str, value: str, *, every: bool) -> "list[str]":
    """What of a value is a secret. ``every``: the file holds little else, so what looks like one counts by itself."""
    value = _unquoted(value)
    if len(value) > LONGEST or "\0" in value:
        return _key_lines(value)
    if "PRIVATE KEY" in value:
        return _key_lines(value.replace("\\n", "\n"))
    inside = [password for _, password in _USERINFO.findall(value) if _matchable(password)]
    if inside or not _matchable(value):
        return inside
    if _SECRET_NAME.search(name) and not _PUBLIC_NAME.search(name):
        return [value]
    return [value] if every and _opaque(value) else []


def _matchable(value: str) -> bool:
    """Whether finding this value in a text means the secret: no word, number, path, reference or plain address."""
    if len(value) < SHORTEST or len(set(value)) < 4 or value.lower() in _COMMON:
        return False
    if value[0] in "$<{%" or value.startswith(("[redacted", "vault:", "op://", "arn:", "projects/")):
        return False
    if any(plain.fullmatch(value) for plain in (_PATH, _NUMBER, _HOST, _WORDS)) and not _mixed(value):
        return False
    return _URL.fullmatch(value) is None


def _mixed(value: str) -> bool:
    """Base64 may look like a path: letters of both cases and digits in a piece of it, and no ending of a file."""
    if value[0] in "~./" or value[1:3] == ":\\":
        return False
    longest = max(re.split(r"[/.:_-]", value), key=len)
    return len(longest) >= 12 and all(re.search(one, longest) for one in ("[a-z]", "[A-Z]", "[0-9]"))


def _opaque(value: str) -> bool:
    """A token by its looks: long, of one piece, letters and digits; no hash or UUID, which name things."""
    if len(value) < 16 or re.search(r"\s", value) or _HEX_OR_UUID.fullmatch(value) or "://" in value:
        return False
    return bool(re.search("[0-9]", value) and re.search("[A-Za-z]", value)) and len(set(value)) >= 10


def _key_lines(text: str) -> "list[str]":
    """The lines of private keys, each by itself: a part of one is as bad. Certificates are public."""
    return [line for body in _KEY_BODY.findall(text) for line in _BASE64.findall(body)]


def _docker(text: str) -> "list[str]":
    try:
        auths: Any = json.loads(text).get("auths", {})
        entries = [entry for entry in auths.values() if isinstance(entry, dict)]
    except (ValueError, AttributeError, RecursionError):
        return []
    found = [
        str(entry.get(key) or "") for entry in entries for key in ("auth", "identitytoken", "registrytoken", "password")
    ]
    found += [_behind_colon(value) for value in found]
    return [value for value in found if _matchable(value)]


def _behind_colon(value: str) -> str:
    try:
        return a2b_base64(value).decode("utf-8").partition(":")[2]
    except (Error, ValueError):
        return ""


def _unquoted(value: str) -> str:
    value = value.strip().removesuffix(",").removesuffix(";").strip()
    if len(value) > 1 and value[0] in "\"'`" and value[-1] == value[0]:
        return value[1:-1]
    return value


def _without_comment(value: str) -> str:
    """``"a b" # why`` and ``ab # why``: a sign that stands behind a space or a closing quote ends the value."""
    if value[0] in "\"'`":
        end = value.find(value[0], 1)
        return value[: end + 1] if end > 0 else value[1:]
    return value.partition(" #")[0]
