"""Every text of a record that somebody wrote or some program printed; a secret may stand in any of them."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitml.agents.base import Text

IMAGE = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,")
BINARY = ("image/", "audio/", "video/", "application/pdf", "application/octet-stream")
SHORTEST = 6
"""Characters. Nothing shorter is taken for a secret wherever it stands."""


def texts(records: "list[dict[str, Any]]", no_words: "frozenset[str]") -> "list[Text]":
    """(key, text) of a line's records, each text once, in the order they stand. ``no_words``: keys whose value is an
    id, a time, a name of the agent's own, or binary; a wrong one hides secrets, so leave out what is not sure."""
    found: dict[str, str] = {}
    for record in records:
        _walk(record, no_words, found)
    return [(key, text) for text, key in found.items()]


def all_but(no_words: "frozenset[str]") -> "Callable[[list[dict[str, Any]]], list[Text]]":
    """``texts`` of some records, for a reader."""
    return lambda records: texts(records, no_words)


def _is_binary(value: "dict[str, Any]") -> bool:
    """Whether it is the content of a file that is no text, in any of the forms that APIs have for it."""
    kind = value.get("mimeType")
    return value.get("type") == "base64" or (isinstance(kind, str) and kind.startswith(BINARY) and "data" in value)


def _walk(value: "Any", no_words: "frozenset[str]", found: "dict[str, str]") -> None:
    """In the order they stand. Without recursion: a line may be nested as deep as its parser goes."""
    left: list[tuple[str, Any]] = [("", value)]
    while left:
        key, value = left.pop()
        if isinstance(value, str):
            if len(value) >= SHORTEST and key not in no_words and not IMAGE.match(value):
                found.setdefault(value, key)
        elif isinstance(value, dict):
            if not _is_binary(value):  # a pasted image or document
                left += reversed(value.items())
        elif isinstance(value, list):
            left += [(key, member) for member in reversed(value)]
