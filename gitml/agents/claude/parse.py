"""What Claude Code's records look like, where one must be told from damage."""

import re

from gitml.agents import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

START = re.compile(r'\{"(?:parentUuid|type|sessionId|isSidechain|uuid|cwd|message|userType|agentId|timestamp)":')
"""How records begin. Inside a string the quotes would be escaped."""


def _is_whole(record: "dict[str, Any]") -> bool:
    """What is nested in a cut record names no session."""
    return isinstance(record.get("sessionId"), str) and isinstance(record.get("type"), str)


FORM = parse.Form(START, _is_whole)


def objects(line: bytes) -> "tuple[list[dict[str, Any]], str]":
    """``gitml.agents.parse.objects`` of a line of Claude Code's."""
    return parse.objects(line, FORM)
