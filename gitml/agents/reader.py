"""Reads one JSONL file of a session, line by line, from wherever the last run stopped."""

from gitml.agents.base import Step
from gitml.agents.lines import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    from gitml.agents.base import Text
    from gitml.agents.lines import Line
    from gitml.model.events import SessionEvent

    Record = dict[str, Any]
    Parse = Callable[[bytes, bool], tuple[list[Record], str]]
    Split = Callable[[str, int], Iterator[Line]]

    class Remembers(Protocol):
        """What carries over from line to line; ``gitml.agents.memory.Memory`` is one."""

        def mark(self) -> None: ...
        def before(self) -> dict[str, Any]: ...
        def after(self) -> dict[str, Any]: ...

    class Making(Protocol):
        """Turns the records of one file into events, in order. ``place``: (offset of the line, which object on it)."""

        def events(self, record: Record, place: tuple[int, int]) -> list[SessionEvent]: ...


class LineReader:
    """``gitml.agents.base.Reader`` for an agent whose transcript is JSONL.

    ``parse`` gives (objects, why the rest could not be read) of a line, told whether the file's end cut it; ``memory``
    is what ``making`` remembers by; ``texts`` gives every text of some records (``gitml.agents.texts``); ``split`` the
    lines, where they are not just those of the file; ``ahead`` tells records that belong to the prompt behind them.
    """

    def __init__(
        self,
        path: str,
        offset: int,
        memory: "Remembers",
        making: "Making",
        parse: "Parse",
        texts: "Callable[[list[Record]], list[Text]]",
        split: "Split" = lines,
        ahead: "Callable[[Record], bool] | None" = None,
    ) -> None:
        self.damage: list[tuple[int, str]] = []
        self._path = path
        self._offset = offset
        self._memory = memory
        self._making = making
        self._parse = parse
        self._texts = texts
        self._split = split
        self._ahead = ahead

    def __iter__(self) -> "Iterator[Step]":
        for line in self._split(self._path, self._offset):
            step = self._step(line)
            if step is None:
                return
            yield step

    def checkpoint(self) -> "dict[str, Any]":
        """JSON-able state before the newest step; resume at its ``offset``."""
        return self._memory.before()

    def state(self) -> "dict[str, Any]":
        """JSON-able state after the newest step; resume at its ``end``."""
        return self._memory.after()

    def _step(self, line: "Line") -> "Step | None":
        """The step of a line; None for a last line that the end of the file cut."""
        found, why = self._parse(line.data, line.cut) if line.data is not None else ([], "longer than can be read")
        if line.cut and (why or not found):
            return None
        self._memory.mark()
        if why:
            self.damage.append((line.offset, why))
        made = []
        for index, record in enumerate(found):
            made += self._making.events(record, (line.offset, index))
        step = Step(line.offset, line.end, made, lambda: self._texts(found))
        step.ahead = not made and self._ahead is not None and any(map(self._ahead, found))
        return step
