"""Numbers that tell of a person: network addresses, payment cards, phones. Hook path.

Each looks for a cheap form first and then checks it: octets, check digits, lengths.
"""

import re

from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int, str]

_IPV4 = pattern(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = pattern(r"(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{3,39}(?![\w:])")
_NOBODYS = pattern(r"127\..*|0\.0\.0\.0|255\..*|::1?")
_VERSION = pattern(r"(?i)(?:version|ver|release|v|==|>=|<=|~=|@)[ \t=:\"']{0,3}$")
_CARD = pattern(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)")
_ISSUER = (
    (pattern(r"4"), (13, 16, 19)),
    (pattern(r"5[1-5]|2(?:2[2-9]|[3-6]\d|7[01]|720)"), (16,)),
    (pattern(r"3[47]"), (15,)),
    (pattern(r"6(?:011|4[4-9]|5|2)"), (16, 17, 18, 19)),
    (pattern(r"35(?:2[89]|[3-8]\d)"), (16,)),
    (pattern(r"3(?:0[0-5]|[68])"), (14,)),
)
"""How numbers of card networks begin, and their lengths (ISO/IEC 7812)."""

_PHONE = pattern(
    r"(?<![\w+.-])(?:\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{2,5}){1,4}"
    r"|\([2-9]\d{2}\) ?[2-9]\d{2}-\d{4}|[2-9]\d{2}-[2-9]\d{2}-\d{4}|00[1-9]\d{1,2}[ /-]\d{2,5}(?:[ /-]\d{2,5}){1,3})"
    r"(?![\w]|[.-]\d)"
)


def addresses(text: str) -> "Iterator[Span]":
    """IPv4 and IPv6; not loopback, masks, or versions that look like one."""
    if "." in text:
        for match in _IPV4.finditer(text):
            if _is_ipv4(match[0]) and not _VERSION.search(text, max(0, match.start() - 12), match.start()):
                yield match.start(), match.end(), "[ip]"
    if ":" in text:
        for match in _IPV6.finditer(text):
            if _is_ipv6(match[0]):
                yield match.start(), match.end(), "[ip]"


def _is_ipv4(value: str) -> bool:
    parts = value.split(".")
    plain = all(int(part) < 256 and (part == "0" or part[0] != "0") for part in parts)
    return plain and _NOBODYS.fullmatch(value) is None


def _is_ipv6(value: str) -> bool:
    """At least three groups and a digit: ``dead::beef`` may be a name of a program's. Loopback is nobody's."""
    groups = [group for group in value.split(":") if group]
    if len(groups) < 3 or not any(char.isdigit() for char in value) or _NOBODYS.fullmatch(value):
        return False
    if any(len(group) > 4 for group in groups) or value.count("::") > 1 or ":::" in value:
        return False
    ends = value.startswith("::") or not value.startswith(":"), value.endswith("::") or not value.endswith(":")
    return all(ends) and (len(groups) == 8 if "::" not in value else len(groups) < 8)


def cards(text: str) -> "Iterator[Span]":
    """Numbers of payment cards: a network's beginning and length, and a check digit that is right (Luhn)."""
    for match in _CARD.finditer(text):
        digits = match[0].replace(" ", "").replace("-", "")
        if any(begin.match(digits) and len(digits) in lengths for begin, lengths in _ISSUER) and luhn(digits):
            yield match.start(), match.end(), "[card]"


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        doubled = int(char) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and len(set(digits)) > 1


def phones(text: str) -> "Iterator[Span]":
    """International numbers of 8 to 15 digits, and North American ones in their usual forms."""
    for match in _PHONE.finditer(text):
        count = sum(char.isdigit() for char in match[0])
        if 8 <= count <= 17 and not _added_line(text, match):
            yield match.start(), match.end(), "[phone]"


def _added_line(text: str, match: "re.Match[str]") -> bool:
    """``+`` at the start of a line, digits behind it without a gap: a line that a diff adds."""
    begins = match.start() == 0 or text[match.start() - 1] == "\n"
    return begins and match[0][1:].isdigit()
