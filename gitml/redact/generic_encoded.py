"""What looks drawn by chance and is not: Base64 of words or of a file, a format of ``struct``."""

import re

from gitml.redact.generic_values import common_share, random_like
from gitml.redact.lazily import pattern

_STRUCT = pattern(r"(?:[0-9]{0,4}[xcbB?hHiIlLqQnNefdspP])+")
_NAME = pattern(r"pass|pwd|secret|token|key|auth|cred", re.I)
_AZURE = "JQQJ99"
"""Azure's own keys hold a row of ``A``, and this."""
_TEXT = bytes(range(32, 127)) + b"\t\r\n"
_URL_SAFE = str.maketrans("-_", "+/")
LEAST_TEXT = 0.85
"""Share of printable ASCII bytes of a text in another encoding; chance has it at 0.38."""
LONG_TEXT = 18
"""Bytes; of fewer all must be printable, so that a token of 19 characters drawn by chance is hardly ever text."""
LEAST_BYTES = 10


def plain_data(value: str) -> bool:
    """Whether a token is a format of ``struct``, zeros of a file or text in Base64. ``value``: without padding."""
    if _STRUCT.fullmatch(value) is not None or ("AAAA" in value and _AZURE not in value):
        return True
    return any(_says_something(data) for data in _decoded(value))


def _decoded(value: str) -> "list[bytes]":
    """The value as Base64, from each of the places where its first whole group may begin: lines cut groups."""
    if "~" in value or "=" in value:
        return []
    from binascii import Error, a2b_base64

    made = []
    for first in range(4):
        body = value[first:].translate(_URL_SAFE)
        try:
            made.append(a2b_base64(body[: len(body) // 4 * 4]))
        except Error:
            return []
    return [data for data in made if len(data) >= LEAST_BYTES]


def _says_something(data: bytes) -> bool:
    if max(map(data.count, set(data))) > len(data) // 3:
        return True  # zeros between, as in UTF-16
    text = _as_text(data)
    if not text:
        return False
    words = text.split()
    if _NAME.search(text) or any(random_like(word) and not _in_order(word) for word in words):
        return False  # a secret in Base64
    if len(words) > 1 or _in_order(text):
        return True
    return ":" not in text and not random_like(text, LEAST_BYTES) and common_share(text) > 0.4


def _as_text(data: bytes) -> str:
    printable = len(data) - len(data.translate(None, _TEXT))
    if printable >= (LEAST_TEXT if len(data) >= LONG_TEXT else 1) * len(data):
        return data.decode("latin-1")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return ""
        text = data[: error.start].decode()
    return text if all(char.isprintable() or char in "\t\r\n" for char in text) else ""


def _in_order(text: str) -> bool:
    """The alphabet, the digits: most characters follow the one before them."""
    steps = sum(ord(text[at]) - ord(text[at - 1]) == 1 for at in range(1, len(text)))
    return steps > len(text) // 2
