"""Strict JSON with the place of every value in the text, so that a file can be changed without being rewritten."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]  # the parser's own, untyped in typeshed
from typing import Any

SPACE = " \t\n\r"


class NotJson(ValueError):
    """The text is no JSON. ``line`` and ``column`` count from 1."""

    def __init__(self, why: str, line: int, column: int) -> None:
        super().__init__(why)
        self.why = why
        self.line = line
        self.column = column


@dataclass(slots=True)
class Node:
    """A value at ``text[start:end]``. A container's children are (key or None, where the member starts, its node)."""

    start: int
    end: int
    value: Any
    children: list[tuple[str | None, int, Node]] = field(default_factory=list)

    def get(self, key: str) -> Node | None:
        """The member of that name; the last one where a name stands twice, as parsers have it."""
        found = [node for name, _, node in self.children if name == key]
        return found[-1] if found else None


def parse(text: str) -> Node:
    """The whole text as one value. Raises NotJson for anything a strict parser refuses (comments, NaN, depth)."""
    start = 1 if text.startswith("\ufeff") else 0
    _refuse(text, start)
    return _value(text, _skip(text, start))


def _refuse(text: str, start: int) -> None:
    try:
        json.loads(text[start:], parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotJson(error.msg, error.lineno, error.colno) from None
    except RecursionError:
        raise NotJson("nested too deep", 1, 1) from None
    except ValueError as error:
        raise NotJson(str(error), 1, 1) from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _value(text: str, at: int) -> Node:
    if text[at] == "{":
        return _container(text, at, "}")
    if text[at] == "[":
        return _container(text, at, "]")
    value, end = json.JSONDecoder().raw_decode(text, at)
    return Node(at, end, value)


def _container(text: str, start: int, close: str) -> Node:
    """The text is known to be valid, so what is not the closing bracket is a member."""
    node = Node(start, start, {} if close == "}" else [])
    at = _skip(text, start + 1)
    while text[at] != close:
        member, key = at, None
        if close == "}":
            key, at = scanstring(text, at + 1)
            at = _skip(text, _skip(text, at) + 1)
        child = _value(text, at)
        node.children.append((key, member, child))
        at = _skip(text, child.end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    if close == "}":
        node.value = {key: child.value for key, _, child in node.children}
    else:
        node.value = [child.value for _, _, child in node.children]
    node.end = at + 1
    return node
