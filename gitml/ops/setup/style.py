"""New members and elements for a JSON text, written the way the text around them is written."""

from __future__ import annotations

import json
from typing import Any

from gitml.ops.setup.inserts import Insertion
from gitml.ops.setup.jsonspans import Node


def member(text: str, node: Node, members: dict[str, Any]) -> Insertion:
    """Members to add at the end of an object."""
    return _added(text, node, list(members.items()))


def element(text: str, node: Node, elements: list[Any]) -> Insertion:
    """Elements to add at the end of a list."""
    return _added(text, node, [(None, value) for value in elements])


def _added(text: str, node: Node, items: list[tuple[str | None, Any]]) -> Insertion:
    if node.children:
        return Insertion(node.children[-1][2].end, _after_others(text, node, items))
    return Insertion(node.start + 1, _into_empty(text, node, items))


def _after_others(text: str, node: Node, items: list[tuple[str | None, Any]]) -> str:
    lead = text[node.start + 1 : node.children[0][1]]
    if "\n" not in lead:
        return "".join("," + _gap(text) + _inline(text, item) for item in items)
    indent = lead[lead.rfind("\n") + 1 :]
    return "".join("," + _newline(text) + indent + _lines(text, item, indent) for item in items)


def _into_empty(text: str, node: Node, items: list[tuple[str | None, Any]]) -> str:
    inner = text[node.start + 1 : node.end - 1]
    newline = _newline(text)
    if "\n" not in text.strip() and text.strip("\ufeff \t\r\n") != "{}":
        return ("," + _gap(text)).join(_inline(text, item) for item in items)
    base = inner[inner.rfind("\n") + 1 :] if "\n" in inner else _indent_of_line(text, node.start)
    indent = base + _unit(text)
    body = ",".join(newline + indent + _lines(text, item, indent) for item in items)
    return body if "\n" in inner else body + newline + base


def _lines(text: str, item: tuple[str | None, Any], indent: str) -> str:
    key, value = item
    rendered = json.dumps(value, indent=_unit(text), ensure_ascii=False).replace("\n", _newline(text) + indent)
    return rendered if key is None else f"{json.dumps(key)}: {rendered}"


def _inline(text: str, item: tuple[str | None, Any]) -> str:
    key, value = item
    colon = ": " if '": ' in text else ":"
    rendered = json.dumps(value, ensure_ascii=False, separators=("," + _gap(text), colon))
    return rendered if key is None else json.dumps(key) + colon + rendered


def _gap(text: str) -> str:
    return " " if '": ' in text else ""


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unit(text: str) -> str:
    """What one level is indented by: the white space before the first key of the file; two spaces where none tells."""
    opened = text.find("{")
    lead = text[opened + 1 :].partition('"')[0]
    unit = lead[lead.rfind("\n") + 1 :] if "\n" in lead else ""
    return unit if unit and not unit.strip(" \t") else "  "


def _indent_of_line(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]
