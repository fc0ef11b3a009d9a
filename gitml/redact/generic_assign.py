"""Values under a name: assignments of every language and config format, elements, pairs, flags, ``name value``.

Each form is one anchored match behind the name; the name's strength and the value's look decide.
"""

import re

from gitml.redact.generic_names import PASSWORD, SECRET, WEAK
from gitml.redact.generic_values import (
    call_like,
    identifier_like,
    key_like,
    mixed,
    no_value,
    password_like,
    path_like,
    random_like,
    secret_like,
)
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 4
LONGEST_VALUE = 8192

_SCHEME = r"(?:(?:Basic|Bearer|Token|ApiKey|Api-Key|Digest|Key|SSWS|Negotiate|OAuth|GenieKey|token)[ \t]+(?:token=)?)?"
_ASSIGNED = pattern(
    r"(?P<close>\\{0,7}[\"'`]?[\])}]{0,2}[!?]?)[ \t]{0,24}(?:\{ ?(?:get|set|init)[^{}\n\0]{0,40}\}[ \t]{0,4})?"
    r"(?:(?P<op>=>|:=|\?=|\+=|\|=|<-|===?|=|::?|%3[dD])[ \t]{0,24}"
    r"(?:(?:[|>][+-]?[ \t]{0,4})?\r?\n[-+>]?[ \t]{1,24}(?=[\"'A-Za-z0-9+/]))?"
    r"|(?P<pair>,)\s{0,24}(?=\\{0,7}[\"'`]))"
    r"(?P<type>[&*]?(?:'?static )?[A-Za-z_][\w.<>\[\]?|&:]{0,40}"
    r"(?: \| [A-Za-z]{1,12})?[ \t]{0,4}=[ \t]{0,4}(?=[\"'`]))?"
    r"(?P<wrap>(?:new |await )?[A-Za-z_][\w.:]{0,48}(?:!?\(|\[)[ \t]{0,4}(?=[bBrRuU@]?[\"'`]))?"
    r"(?P<default>[\w.\[\]()\"'-]{1,80}[ \t]{0,2}(?:\|\||\?\?|\bor\b)[ \t]{0,2}(?=[\"'`]))?"
    r"(?:[bBrRuUfFL@]{1,2}(?=[\"'`]))?(?P<open>\\{0,7}(?:\"\"\"|'''|[\"'`])|)"
    rf"(?P<scheme>{_SCHEME})"
)
_QUOTED = {quote: pattern(rf"(?:[^{quote}\\\n\r\0]|\\[^\n\0]){{1,{LONGEST_VALUE}}}") for quote in "\"'`"}
_ESCAPED = pattern(rf"[^\"'`\\\n\r\0]{{1,{LONGEST_VALUE}}}")
_BARE = pattern(rf"[^\s\"'`,;&|<>(){{}}\[\]\\\0]{{1,{LONGEST_VALUE}}}")
_LINE = pattern(rf"[^\s\"'`\\\0]{{1,{LONGEST_VALUE}}}")
_SPACED = pattern(
    r"(?:[ \t]+(?:is|was|of|to|as)(?=[ \t:])|[ \t]*:)?[ \t]{1,8}(?:=[ \t]{0,2})?(\\{0,3}[\"'`]?)([^\s\"'`\\\0]{4,4096})"
)
_ELEMENT = pattern(r"(?:[ \t][^<>\n\0]{0,120})?>\s{0,40}(?:<!\[CDATA\[)?([^<>\n\0\]]{4,4096})(?=(?:\]\]>)?\s{0,40}<)")
_ATTRIBUTE = pattern(r"\\{0,3}[\"'](?:[^<>\n\0]{0,80}>([^<>\n\0]{4,4096})(?=</)|)")
_PAIRED = pattern(
    r"(?:\\{0,3}[\"'],?[\s+]{0,40}|[ \t]*\r?\n[-+]?[ \t]{1,24})(?:/?>\s{0,20}<)?\\{0,3}[\"']?"
    r"(?:[Vv]alue|VALUE|string_?[Vv]alue|[Dd]efault(?:Value)?|val)\\{0,3}[\"']?"
    r"\s{0,4}[:=]\s{0,4}(\\{0,3}[\"']?)([^\s\"'<>\\\0]{4,4096})"
)
_PLIST = pattern(r"</key>\s{0,40}<(?:string|data)>\s{0,40}([^<>\0\s]{4,4096})")
_COMMAND = pattern(
    r"(?:^|[\s;&|])(?:set|setenv|export|env|arg|login [^\s\0]{1,60}|config set|requirepass|masterauth|"
    r"account [^\s\0]{1,60}|"
    r"add-generic-password|secret set|secrets set|put|global|-gx|-x|setx)[ \t]+(?:-[a-z]+[ \t]+)?$",
    re.I,
)
_LOOKUP = pattern(
    r"\[[ \t]*$|env|get|find|read|load|fetch|config|setting|param|lookup|input|prompt|open|exec|query", re.I
)
_QUERY = pattern(r"[?&;#][A-Za-z0-9_.\[\]-]{0,40}$")


def at_name(scan: "Scan", start: int, end: int, weight: int) -> None:
    """Every form in which a value may follow the name at ``start`` to ``end``."""
    text = scan.text
    follows = text[end : end + 1]
    if not follows:
        return
    before = text[start - 1 : start]
    if follows in "=:\"'`])}\\ \t,?!%+|<":
        assigned = _ASSIGNED.match(text, end)
        if assigned is not None:
            _assigned(scan, assigned, start, end, weight)
    if follows in " \t":
        _spaced(scan, start, end, weight)
    if follows in ">< " and (before in ("<", ":", "/") or follows == "<"):
        _element(scan, start, end, weight)
    if follows in "\"'\\\n,\r":
        _paired(scan, start, end, weight)


# -- assignments -------------------------------------------------------------------------------------------------------


def _assigned(scan: "Scan", head: "re.Match[str]", start: int, end: int, weight: int) -> None:
    text, opened = scan.text, head["open"]
    settled = _settled(text, start, end, head)
    value = _value(text, head, settled)
    if value is None:
        return
    first, last = value
    if not opened and text[last : last + 1] in ("(", "[") and not settled:
        return  # a call or a look-up: code, no value
    if (head["op"] in ("==", "===") and not opened) or (head["op"] == ":" and text[start:end] == "PASS"):
        return  # a comparison; a test's result
    if head["pair"] and not _pair(text, start, value, head):
        return
    if ")" in head["close"] and head["op"] == ":" and "\n" in head[0]:
        return  # a function's head over its first line
    if not opened and call_like(text[first:last]):
        return
    if opened and text[value[0]] in ",);:+ ]}":
        return  # the quote closes what stood before it
    if head["wrap"] and _LOOKUP.search(head["wrap"]):
        return  # the name of where the value is
    if head["wrap"] or head["default"] or head["pair"]:
        settled = False
    _note(scan, first, last, _Form(weight, bool(opened), settled, text[start:end]))


def _pair(text: str, start: int, value: "tuple[int, int]", head: "re.Match[str]") -> bool:
    """``("NAME", "value")``: the name is quoted and first, the value no name of the same kind."""
    if not head["close"].strip("\\") or text[start - 2 : start - 1] not in ("(", "[", "{", "\\"):
        return False
    return mixed(text[value[0] : value[1]]) or random_like(text[value[0] : value[1]])


class _Form:
    """How a value stands: its name's weight, whether it is quoted, whether the form alone says that it is a value."""

    __slots__ = ("name", "quoted", "settled", "weight")

    def __init__(self, weight: int, quoted: bool, settled: bool, name: str) -> None:
        self.weight = weight
        self.quoted = quoted
        self.settled = settled
        self.name = name


def _note(scan: "Scan", first: int, last: int, form: _Form) -> None:
    """Add the value if it looks like one."""
    value = scan.text[first:last]
    if accepted(value, form.weight, form.quoted, form.settled):
        scan.add(first, last, kind_of(form.weight, form.name), RANK)


def accepted(value: str, weight: int, quoted: bool, settled: bool) -> bool:
    """Whether a value looks like what a name of this weight holds; see ``_Form`` for the rest."""
    if weight == PASSWORD:
        return password_like(value, quoted, settled)
    if weight == SECRET:
        return secret_like(value, quoted, settled)
    return weight == WEAK and key_like(value, quoted)


def kind_of(weight: int, name: str) -> str:
    """The kind of what stands under a name."""
    lowered = name.lower().replace("-", "").replace("_", "")
    if weight == PASSWORD:
        return "password"
    for word, kind in (("apikey", "api-key"), ("token", "token"), ("authorization", "credential"), ("key", "key")):
        if word in lowered:
            return kind
    return "secret"


def _settled(text: str, start: int, end: int, head: "re.Match[str]") -> bool:
    """``NAME=value`` with nothing round the sign, where lines of settings, shells and addresses have it."""
    if head["op"] not in ("=", ":", "%3d", "%3D") or head["close"].strip("\\"):
        return False
    if head["op"] == ":" and text[start:end].isupper():
        return True
    tight = head.start("op") == end and text[head.end("op") : head.end("op") + 1] not in (" ", "\t", "\n", "=")
    if not tight or head["op"] == ":":
        return False
    name = text[start:end]
    return name.isupper() or _QUERY.search(text, max(0, start - 44), start + 1) is not None or _lone(text, start, head)


def _lone(text: str, start: int, head: "re.Match[str]") -> bool:
    """The value ends its line, or the connection string's field: no code has that without a sign more."""
    value = _LINE.match(text, head.end())
    before = text[text.rfind("\n", 0, start) + 1 : start].lstrip("+-> \t#;$")
    if value is None:
        return False
    ends = text[value.end() : value.end() + 1]
    return (not before or before.endswith(("export ", "set ", ";", "."))) and ends in ("", "\n", "\r", " ", "\0")


def _value(text: str, head: "re.Match[str]", settled: bool) -> "tuple[int, int] | None":
    first, opened = head.end(), head["open"]
    if opened:
        pattern = _ESCAPED if opened[0] == "\\" else _QUOTED[opened[-1]]
        match = pattern.match(text, first)
        return match.span() if match is not None else None
    whole_line = settled and "\n" in ("\n" + text[max(0, head.start() - LINE_NAME) : head.start()])
    query = _QUERY.search(text, max(0, head.start() - LINE_NAME), head.start()) is not None
    pattern = _LINE if whole_line and not query and _starts_line(text, head) else _BARE
    match = pattern.match(text, first)
    if match is None:
        return None
    last = match.end()
    while last > first and text[last - 1] in ".,;:)":
        last -= 1
    return first, last


LINE_NAME = 100
"""A line's own setting has its name within this much of the line's begin."""


def _starts_line(text: str, head: "re.Match[str]") -> bool:
    line = text.rfind("\n", 0, head.start()) + 1
    before = text[line : head.start()].lstrip("+-> \t$")
    return head.start() - line < LINE_NAME and (
        " " not in before or before.startswith(("export ", "set ", "ENV ", "ARG "))
    )


# -- other forms -------------------------------------------------------------------------------------------------------


def _spaced(scan: "Scan", start: int, end: int, weight: int) -> None:
    """``--token X``, ``set KEY X``, ``password X`` (.netrc), ``vendor KEY X``, ``the password is X``."""
    text = scan.text
    match = _SPACED.match(text, end)
    if match is None:
        return
    first, last = match.span(2)
    while last > first and text[last - 1] in ".,;:)":
        last -= 1
    value = text[first:last]
    flag = text[start] == "-"
    settled = flag or _COMMAND.search(text, max(0, start - 90), start) is not None
    form = _Form(weight, bool(match[1]), settled, text[start:end])
    if value[:1] in "-=:|>&+*/({[" and not random_like(value):
        return
    if settled or _tells(value, weight):
        _note(scan, first, last, form)


def _tells(value: str, weight: int) -> bool:
    """Between words only a value that no word looks like."""
    if no_value(value, False) or path_like(value) or not mixed(value):
        return random_like(value, 16) and not path_like(value) and weight >= SECRET
    if weight == PASSWORD:
        return len(value) >= 6 and not identifier_like(value)
    return len(value) >= 12 and random_like(value, 12) and not identifier_like(value)


def _element(scan: "Scan", start: int, end: int, weight: int) -> None:
    text = scan.text
    match = _PLIST.match(text, end) or _ELEMENT.match(text, end)
    if match is not None:
        _note(scan, *_stripped(text, match.start(1), match.end(1)), _Form(weight, True, True, text[start:end]))


def _paired(scan: "Scan", start: int, end: int, weight: int) -> None:
    """``key="ApiKey" value="X"``, ``name: API_KEY`` over ``value: X``, ``<entry key="password">X</entry>``."""
    text = scan.text
    match = _PAIRED.match(text, end)
    if match is not None:
        if match[1] or not call_like(match[2]):
            _note(scan, match.start(2), match.end(2), _Form(weight, True, True, text[start:end]))
        return
    match = _ATTRIBUTE.match(text, end)
    if match is not None and match[1]:
        _note(scan, *_stripped(text, match.start(1), match.end(1)), _Form(weight, True, True, text[start:end]))


def _stripped(text: str, first: int, last: int) -> "tuple[int, int]":
    value = text[first:last]
    return first + len(value) - len(value.lstrip()), last - (len(value) - len(value.rstrip()))
