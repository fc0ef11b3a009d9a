"""Text for people: nothing from a transcript may drive the terminal, and columns must line up."""

from __future__ import annotations

import re
import unicodedata

# C0 but newline and tab, DEL, C1, what reorders or hides text (bidi controls, zero width, tags, BOM), and halves of
# surrogate pairs, which no terminal's encoding has. Joiners stay: Persian and many emoji are written with them.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(text: object) -> str:
    """Text as a terminal may show it: line ends are newlines, every other control character is a visible sign.

    ESC becomes ``␛``, so an ANSI sequence is seen instead of obeyed. Anything but text comes out as its ``str``;
    None is "".
    """
    if text is None:
        return ""
    return _CONTROL.sub(_visible, _BREAKS.sub("\n", str(text)))


def one_line(text: object) -> str:
    """As ``clean``, with every run of white space a single blank."""
    return " ".join(clean(text).split())


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"


def width(text: str) -> int:
    """Columns the text takes: two for wide East Asian characters and emoji, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or "\ufe00" <= character <= "\ufe0f" or character in "\u200c\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """The text cut to that many columns, with ``…`` where something is missing."""
    if width(text) <= columns:
        return text
    taken, used = [], 0
    for character in text:
        used += _columns(character)
        if used > columns - 1:
            break
        taken.append(character)
    return "".join(taken).rstrip() + "…" if columns > 0 else ""


def pad(text: str, columns: int, right: bool = False) -> str:
    """The text filled up with blanks to that many columns; ``right`` puts them in front."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def count(number: int, singular: str, plural: str = "") -> str:
    """``1 chat``, ``1,204 chats``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def short_number(number: int) -> str:
    """``950``, ``12.3k``, ``1.2M``: three figures at most, for tokens."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size * 0.9995:
            value = number / size
            return f"{value:.1f}{unit}" if value < 99.95 else f"{value:.0f}{unit}"
    return str(number)


def size(octets: int) -> str:
    """``950 B``, ``12.3 kB``, ``1.2 MB``."""
    return f"{octets} B" if octets < 1000 else short_number(octets)[:-1] + f" {short_number(octets)[-1]}B"


def duration(milliseconds: int | None) -> str:
    """``0.4s``, ``45s``, ``12m 04s``, ``3h 05m``, ``2d 04h``; "" where it is not known."""
    if milliseconds is None or milliseconds < 0:
        return ""
    if milliseconds < 9950:
        return f"{milliseconds / 1000:.1f}s"
    seconds = round(milliseconds / 1000)
    for big, small, unit in (("d", "h", 86400), ("h", "m", 3600), ("m", "s", 60)):
        if seconds >= unit:
            return f"{seconds // unit}{big} {seconds % unit // {'h': 3600, 'm': 60, 's': 1}[small]:02d}{small}"
    return f"{seconds}s"


def moment(timestamp: object) -> str:
    """``2026-11-20 15:03`` in UTC, of a normal timestamp."""
    return clean(timestamp)[:16].replace("T", " ")


def money(usd: float | None) -> str:
    """``$1.25``; "" where it is not known."""
    return "" if usd is None else f"${usd:,.2f}"
