"""Reads one file of a session, line by line, from wherever the last run stopped."""

from gitml.agents.base import Step
from gitml.agents.claude.events import Making
from gitml.agents.claude.lines import lines
from gitml.agents.claude.parse import objects
from gitml.agents.claude.state import State
from gitml.agents.claude.texts import texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitml.agents.base import AgentFile, Source
    from gitml.agents.claude.lines import Line

CHEAP = (b'"data":{"type":"bash_progress"', b'"data":{"type":"hook_progress"')
"""15 % of real lines, which make no event. Inside a string the quotes would be escaped, so this is a record's own."""

SNAPSHOT = b'{"type":"file-history-snapshot",'


class Reader:
    """``gitml.agents.base.Reader`` for Claude Code."""

    def __init__(
        self, source: "Source", agent: "AgentFile | None", path: str, offset: int, state: "dict[str, Any] | None"
    ) -> None:
        self.damage: list[tuple[int, str]] = []
        self._path = path
        self._offset = offset
        self._state = State(state)
        self._making = Making(source, agent, path, self._state)

    def __iter__(self) -> "Iterator[Step]":
        for line in lines(self._path, self._offset):
            step = self._step(line)
            if step is None:
                return
            yield step

    def checkpoint(self) -> "dict[str, Any]":
        """JSON-able state before the newest step; resume at its ``offset``."""
        return self._state.before()

    def state(self) -> "dict[str, Any]":
        """JSON-able state after the newest step; resume at its ``end``."""
        return self._state.after()

    def _step(self, line: "Line") -> "Step | None":
        """The step of a line; None for a last line that the end of the file cut."""
        found, why = _parsed(line)
        if line.cut and (why or not found):
            return None
        self._state.mark()
        if why:
            self.damage.append((line.offset, why))
        made = []
        for index, record in enumerate(found):
            made += self._making.events(record, (line.offset, index))
        return Step(line.offset, line.end, made, lambda: texts(found))


def _parsed(line: "Line") -> "tuple[list[dict[str, Any]], str]":
    if line.data is None:
        return [], "longer than can be read"
    return ([], "") if not line.cut and _makes_nothing(line.data) else objects(line.data)


def _makes_nothing(data: bytes) -> bool:
    """Whether a line can be told, unparsed, to be one whole record of a type that makes no event."""
    if not data.endswith(b"}") or b"}{" in data:
        return False
    if data.startswith(SNAPSHOT):
        return True
    return b'"type":"progress"' in data and b'"message":' not in data and any(mark in data for mark in CHEAP)
