"""Reads one file of a session: the chat, or a sub-agent's."""

from gitml.agents.gemini.events import Making, memory
from gitml.agents.gemini.layout import lines
from gitml.agents.parse import objects
from gitml.agents.reader import LineReader
from gitml.agents.texts import all_but

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile, Source

NO_WORDS = frozenset({"id", "sessionId", "projectHash", "timestamp", "startTime", "lastUpdated", "mimeType", "agentId"})


def reader(
    source: "Source", agent: "AgentFile | None", path: str, offset: int, state: "dict[str, Any] | None"
) -> LineReader:
    """The reader of ``path`` from ``offset`` with ``state``; ``agent`` where that is a sub-agent's file."""
    remembered = memory(state)
    making = Making(source, agent, remembered)
    return LineReader(path, offset, remembered, making, lambda data, _: objects(data), all_but(NO_WORDS), lines)
