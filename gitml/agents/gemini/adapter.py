"""The adapter: where Gemini CLI's chats are, and how to read one."""

from gitml.agents.builtin import BuiltIn
from gitml.agents.gemini.layout import lines, records
from gitml.agents.gemini.locate import at, discover, locate, roots
from gitml.agents.gemini.project import cwds
from gitml.agents.gemini.reader import reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import Reader, Source


class Gemini(BuiltIn):
    """``gitml.agents.base.Adapter`` for Gemini CLI."""

    name = "gemini"
    roots = staticmethod(roots)
    discover = staticmethod(discover)
    locate = staticmethod(locate)
    at = staticmethod(at)
    cwds = staticmethod(cwds)
    lines = staticmethod(lines)
    records = staticmethod(records)

    def read(self, source: "Source", path: str, offset: int = 0, state: "dict[str, Any] | None" = None) -> "Reader":
        """A reader of the session's main file or of one of its sub-agents' files.

        Raises ValueError where ``path`` is none of them, and OSError while iterating where it cannot be opened.
        """
        return reader(source, source.whose(path), path, offset, state)
