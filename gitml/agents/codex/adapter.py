"""The adapter: where Codex's sessions are, and how to read one."""

from gitml.agents.builtin import BuiltIn
from gitml.agents.codex.events import Making
from gitml.agents.codex.locate import at, discover, locate, roots
from gitml.agents.codex.memory import DEFAULTS
from gitml.agents.codex.records import is_ahead, objects, texts
from gitml.agents.codex.start import cwds
from gitml.agents.lines import lines
from gitml.agents.memory import Memory
from gitml.agents.reader import LineReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import Reader, Source


class Codex(BuiltIn):
    """``gitml.agents.base.Adapter`` for Codex CLI, its editor extension and its desktop application."""

    name = "codex"
    roots = staticmethod(roots)
    discover = staticmethod(discover)
    locate = staticmethod(locate)
    at = staticmethod(at)
    cwds = staticmethod(cwds)
    lines = staticmethod(lines)
    records = staticmethod(objects)

    def read(self, source: "Source", path: str, offset: int = 0, state: "dict[str, Any] | None" = None) -> "Reader":
        """A reader of the session's file; sub-agents have sessions of their own.

        Raises ValueError where ``path`` is not that file, and OSError while iterating where it cannot be opened.
        """
        source.whose(path)
        memory = Memory(state, DEFAULTS)
        making = Making(source, path, memory)
        return LineReader(path, offset, memory, making, lambda data, _: objects(data), texts, ahead=is_ahead)
