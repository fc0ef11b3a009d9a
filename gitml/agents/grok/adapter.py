"""The adapter: where Grok CLI's sessions are, and how to read one."""

from gitml.agents.builtin import BuiltIn
from gitml.agents.grok.background import in_background
from gitml.agents.grok.events import Making, memory
from gitml.agents.grok.layout import lines
from gitml.agents.grok.locate import at, discover, locate, roots
from gitml.agents.grok.summary import cwds
from gitml.agents.parse import objects
from gitml.agents.reader import LineReader
from gitml.agents.texts import all_but

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import Reader, Source

NO_WORDS = frozenset({"sessionUpdate", "sessionId", "toolCallId", "eventId", "promptId", "prompt_id", "mimeType"})


class Grok(BuiltIn):
    """``gitml.agents.base.Adapter`` for Grok CLI."""

    name = "grok"
    roots = staticmethod(roots)
    discover = staticmethod(discover)
    locate = staticmethod(locate)
    at = staticmethod(at)
    cwds = staticmethod(cwds)
    lines = staticmethod(lines)
    records = staticmethod(objects)

    def read(self, source: "Source", path: str, offset: int = 0, state: "dict[str, Any] | None" = None) -> "Reader":
        """A reader of the session's main file or of one of its sub-agents' files.

        Raises ValueError where ``path`` is none of them, and OSError while iterating where it cannot be opened.
        """
        agent = source.whose(path)
        remembered = memory(state)
        making = Making(source, agent, remembered, free=agent is not None and not in_background(source, agent))
        return LineReader(path, offset, remembered, making, lambda data, _: objects(data), all_but(NO_WORDS), lines)
