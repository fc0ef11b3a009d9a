"""The adapter: where Claude Code's sessions are, and how to read one."""

from gitml.agents.builtin import BuiltIn
from gitml.agents.claude.locate import at, discover, locate, roots
from gitml.agents.claude.parse import objects
from gitml.agents.claude.reader import reader
from gitml.agents.claude.start import cwds
from gitml.agents.lines import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import Reader, Source


class Claude(BuiltIn):
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
        return reader(source, source.whose(path), path, offset, state)
