"""Passwords as arguments of programs: ``-u user:password``, ``mysql -psecret``, ``sshpass -p``, ``echo | sudo -S``."""

import re

from gitml.redact.generic_values import no_value
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 4
_PASSWORD = r"(?:\"([^\"\n\0]{3,200})\"|'([^'\n\0]{3,200})'|([^\s\"'`|&;<>\\\0]{3,200}))"
_LOGIN = pattern(rf"[ =]?{_PASSWORD}")
_SEPARATE = pattern(
    r"\b(?:sshpass|docker|podman|helm|skopeo|buildah|nerdctl|crane|oras|az|acr|redis-cli|mongo(?:sh|dump|restore|export|import)?|"
    r"ldap[a-z]+|oc|cf|heroku|htpasswd|smbclient|kinit|twine|npm|vault|mosquitto_(?:pub|sub)|ipmitool|influx|sqlcmd|isql|"
    r"cypher-shell|snowsql|clickhouse-client|rclone|lftp|wget|http|https|svn|psql|expect|7z|zip|unzip|rar|keytool|openssl|"
    r"nmcli|mysqladmin|sqlplus|rabbitmqadmin|es|curl|ssh-keygen|pscp|plink|nxc|crackmapexec|evil-winrm|xfreerdp)\b[^\n|;\0]{0,200}$",
    re.I,
)
_GLUED = pattern(r"\b(?:mysql[a-z]*|mariadb[a-z-]*|mycli|7za?|rar)\b[^\n|;\0]{0,200}$", re.I)
_PIPED = pattern(
    r"(?:echo|printf)[ \t]+(?:-[neE]+[ \t]+)?(?:\"([^\"\n$\0]{4,200})\"|'([^'\n\0]{4,200})'|"
    r"([^\s\"'|$<>\\\0]{4,200}))[ \t]*\|[^\n\0]{0,120}?"
    r"(?:sudo[ \t]+(?:-[a-zA-RT-Z]+[ \t]+)*-S|--password-stdin|--passphrase-fd|passwd|chpasswd|--with-token|login)"
)
_USER = pattern(r" (?:-u|-U|--user|--proxy-user)[ =]{1,2}[\"']?([^\s:\"'\0]{0,100}):([^\s\"'\0]{3,200})")
_PASSIN = pattern(r" -pass(?:in|out)?[ =]pass:([^\s\"'\0]{3,200})")
_POSITIONAL = pattern(
    r"(?:rabbitmqctl[ \t]+(?:add_user|change_password|authenticate_user)[ \t]+\S{1,60}[ \t]+|"
    r"htpasswd[ \t]+-[a-zA-Z]*b[a-zA-Z]*[ \t]+(?:\S{1,120}[ \t]+){1,2}|"
    r"ngrok[^\n\0]{1,20}authtoken[ \t]+(?:add[ \t]+)?|requirepass[ \t]+|masterauth[ \t]+)"
    + _PASSWORD
    + r"|identified[ \t]+by[ \t]+(?:password[ \t]+)?(?:\"([^\"\n\0]{3,200})\"|'([^'\n\0]{3,200})')",
    re.I,
)
REACH = 240


def find(scan: "Scan") -> None:
    """Every password given to a program."""
    low = scan.low
    at = low.find(b" -")
    while at >= 0:
        look = _LOOKS.get(low[at + 2 : at + 3])
        if look is not None:
            look(scan, at)
        at = low.find(b" -", at + 2)
    for words, looks in ((b"echo ", _piped), (b"printf ", _piped), (b"identified by ", _positional)):
        _each(scan, words, looks)


def at_word(scan: "Scan", at: int) -> None:
    """Behind words that are parts of names as well: ``htpasswd``, ``requirepass``, ``authtoken``."""
    _positional(scan, max(scan.low.rfind(b"\n", 0, at) + 1, at - 24))


def _each(scan: "Scan", anchor: bytes, look: "Look") -> None:
    at = scan.low.find(anchor)
    while at >= 0:
        look(scan, at)
        at = scan.low.find(anchor, at + len(anchor))


def _short(scan: "Scan", at: int) -> None:
    text = scan.text
    before = text[max(text.rfind("\n", 0, at), at - REACH) + 1 : at]
    after = text[at + 3 : at + 4]
    if after in (" ", "=", '"', "'"):
        if _SEPARATE.search(before):
            _first(scan, _LOGIN.match(text, at + 3), 4)
    elif after and (glued := _GLUED.search(before)) and glued:
        _first(scan, _LOGIN.match(text, at + 3), 3)


def _user(scan: "Scan", at: int) -> None:
    match = _USER.match(scan.text, at)
    if match is None or "/" in match[1] or match[2].startswith(("//", "\\")) or no_value(match[2], True):
        return
    line = scan.low[max(0, at - REACH) : at]
    program = any(
        word in line for word in (b"curl", b"http", b"wget", b"xh ", b"hey ", b"ab ", b"az ", b"jf ", b"mvn", b"smb")
    )
    if program and not match[2].isdigit():
        scan.add(match.start(2), match.end(2), "password", RANK)


def _passin(scan: "Scan", at: int) -> None:
    match = _PASSIN.match(scan.text, at)
    if match is not None and not no_value(match[1], False):
        scan.add(match.start(1), match.end(1), "password", RANK)


def _piped(scan: "Scan", at: int) -> None:
    _first(scan, _PIPED.match(scan.text, at), 4)


def _positional(scan: "Scan", at: int) -> None:
    _first(scan, _POSITIONAL.search(scan.text, at, at + REACH), 4)


def _first(scan: "Scan", match: "re.Match[str] | None", least: int) -> None:
    """The one group that matched, if it is a value."""
    group = match.lastindex if match is not None else None
    if match is None or group is None:
        return
    value = match[group]
    plain = (
        (value.isdigit() and len(value) < 6)
        or ("/" in value and value[0] in "./~")
        or value.startswith("-")
        or ":" in value
    )
    if len(value) >= least and not plain and not no_value(value, True):
        scan.add(match.start(group), match.end(group), "password", RANK)


def _dashes(scan: "Scan", at: int) -> None:
    if scan.low.startswith((b" --user", b" --proxy-user"), at):
        _user(scan, at)


def _of_p(scan: "Scan", at: int) -> None:
    if scan.low.startswith(b" -pass", at):
        _passin(scan, at)
    else:
        _short(scan, at)


_LOOKS = {b"p": _of_p, b"a": _short, b"w": _short, b"u": _user, b"-": _dashes}

if TYPE_CHECKING:
    from collections.abc import Callable

    Look = Callable[[Scan, int], None]
