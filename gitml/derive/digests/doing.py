"""What was done in a session, counted from its tool calls."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gitml.derive.digests.outcome import FAILED
from gitml.derive.tools import WRITES

Record = dict[str, Any]
MCP = "mcp__"
"""``mcp__<server>__<tool>``"""
NAME = 80


def histogram(actions: list[Record]) -> dict[str, int]:
    """{tool: calls}, most used first."""
    return ranked(Counter(name(action) for action in actions))


def servers(actions: list[Record]) -> dict[str, int]:
    """{MCP server: calls}, most used first. Which of its tools were used is told by the histogram."""
    called = [name(action) for action in actions if name(action).startswith(MCP)]
    return ranked(Counter(tool[len(MCP) :].split("__")[0] for tool in called))


def failures(actions: list[Record]) -> dict[str, int]:
    """{tool: failed calls}, most first."""
    return ranked(Counter(name(action) for action in actions if action.get("status") in FAILED))


def repeats(actions: list[Record]) -> int:
    """Calls of a tool with the target of an earlier call that had failed, before it went well."""
    failed: set[tuple[str, str]] = set()
    found = 0
    for action in actions:
        what = (name(action), str(action.get("target")))
        found += what in failed
        if action.get("status") in FAILED:
            failed.add(what)
        elif action.get("status") == "ok":
            failed.discard(what)
    return found


def files(chats: list[Record], actions: list[Record]) -> tuple[list[str], int]:
    """Paths that were touched, those that were written first; and how many of them those are."""
    wrote = [path for action in actions if action.get("ok") for path in _written(action)]
    written = list(dict.fromkeys(path for path in wrote if path))
    touched = [str(path) for chat in chats for path in chat.get("files") or ()]
    return list(dict.fromkeys([*written, *touched])), len(written)


def _written(action: Record) -> list[str]:
    listed = action.get("files")
    if isinstance(listed, list):
        return [str(path) for path in listed]
    return [str(action.get("target"))] if action.get("tool") in WRITES else []


def ranked(counts: Counter[str]) -> dict[str, int]:
    """Most first, then by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def name(action: Record) -> str:
    """The tool's name, bounded: it becomes a key."""
    return str(action.get("tool") or "unknown")[:NAME]
