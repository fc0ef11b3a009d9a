"""Setting one value in the text of a config file, and leaving every other byte as it is."""

from __future__ import annotations

import re

_HEADER = r"(?m)^[ \t]*\[[ \t]*{table}[ \t]*\][^\n]*\n?"
_NEXT = re.compile(r"(?m)^[ \t]*\[")


def with_value(data: bytes, table: str, key: str, value: str) -> bytes:
    """The file with ``key = "value"`` in its table, which is added at the end where there is none."""
    line = f"{key} = {quoted(value)}"
    offered = rf"(?m)^# \[{re.escape(table)}\]\n# {re.escape(key)} = [^\n]*$"  # as gitml's own file shows defaults
    text = re.sub(offered, lambda _: f"[{table}]\n{line}", data.decode("utf-8", "surrogateescape"), count=1)
    header = re.search(_HEADER.format(table=re.escape(table)), text)
    if header is None:
        gap = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{gap}\n[{table}]\n{line}\n".encode("utf-8", "surrogateescape")
    following = _NEXT.search(text, header.end())
    end = following.start() if following else len(text)
    body = text[header.end() : end]
    changed, number = re.subn(rf"(?m)^[ \t]*{re.escape(key)}[ \t]*=[^\n]*$", lambda _: line, body, count=1)
    head = text[: header.end()] if text[: header.end()].endswith("\n") else text[: header.end()] + "\n"
    body = changed if number else f"{line}\n{body}"
    return (head + body + text[end:]).encode("utf-8", "surrogateescape")


def quoted(text: str) -> str:
    """A TOML string. What comes here holds no control characters; a quote it may."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
