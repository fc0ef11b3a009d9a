"""Reads one file of a session: the main one, or a sub-agent's."""

from gitml.agents.claude.events import Making
from gitml.agents.claude.parse import objects
from gitml.agents.claude.state import State
from gitml.agents.claude.texts import NO_WORDS
from gitml.agents.reader import LineReader
from gitml.agents.texts import all_but

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile, Source

CHEAP = (b'"data":{"type":"bash_progress"', b'"data":{"type":"hook_progress"')
"""15 % of real lines, which make no event. Inside a string the quotes would be escaped, so this is a record's own."""

SNAPSHOT = b'{"type":"file-history-snapshot",'


def reader(
    source: "Source", agent: "AgentFile | None", path: str, offset: int, state: "dict[str, Any] | None"
) -> LineReader:
    """The reader of ``path`` from ``offset`` with ``state``; ``agent`` where that is a sub-agent's file."""
    memory = State(state)
    return LineReader(path, offset, memory, Making(source, agent, path, memory), _parsed, all_but(NO_WORDS))


def _parsed(data: bytes, cut: bool) -> "tuple[list[dict[str, Any]], str]":
    return ([], "") if not cut and _makes_nothing(data) else objects(data)


def _makes_nothing(data: bytes) -> bool:
    """Whether a line can be told, unparsed, to be one whole record of a type that makes no event."""
    if not data.endswith(b"}") or b"}{" in data:
        return False
    if data.startswith(SNAPSHOT):
        return True
    return b'"type":"progress"' in data and b'"message":' not in data and any(mark in data for mark in CHEAP)
