"""The adapter: where Claude Code's sessions are, and how to read one."""

from gitml.agents.claude.locate import at, discover, locate, roots
from gitml.agents.claude.parse import objects
from gitml.agents.claude.reader import reader
from gitml.agents.claude.start import cwds
from gitml.agents.lines import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile, Reader, Source
    from gitml.agents.belongings import Belongings


class Claude:
    """``gitml.agents.base.Adapter`` for Claude Code."""

    name = "claude"
    by_name = True
    roots = staticmethod(roots)
    discover = staticmethod(discover)
    locate = staticmethod(locate)
    at = staticmethod(at)
    cwds = staticmethod(cwds)
    lines = staticmethod(lines)
    records = staticmethod(objects)

    def read(self, source: "Source", path: str, offset: int = 0, state: "dict[str, Any] | None" = None) -> "Reader":
        """A reader of the session's main file or of one of its agents' files.

        Raises ValueError where ``path`` is none of them, and OSError while iterating where it cannot be opened.
        """
        return reader(source, _agent(source, path), path, offset, state)

    def belongings(self, source: "Source") -> "Belongings":
        """What lies on disk of a session besides its main file. Raises OSError."""
        from gitml.agents.claude.belongings import belongings

        return belongings(source)


def _agent(source: "Source", path: str) -> "AgentFile | None":
    """The sub-agent whose file this is; None for the main file. Raises ValueError for a file of neither."""
    if path == source.path:
        return None
    for agent in source.agents:
        if agent.path == path:
            return agent
    raise ValueError(f"not a file of session {source.session_id}: {path}")
