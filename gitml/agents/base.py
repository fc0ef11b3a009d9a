"""What an adapter is: whatever fills ``Adapter``. docs/agents.md says how to add one.

The hook path imports this module, so the protocols exist for type checkers only.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, Protocol

    from gitml.agents.lines import Line
    from gitml.model.events import SessionEvent

    Text = tuple[str, str]

    class Reader(Protocol):
        """Reads one transcript file from an offset on. Iterating yields one ``Step`` a source line, in file order.

        A line cut by the end of the file is not consumed: unless it parses whole, it is no step, and the next run
        finds it again. Lines that cannot be read are steps without events, and are listed in ``damage``.
        """

        damage: list[tuple[int, str]]
        """(byte offset of the line, why) of each line that could not be read."""

        def __iter__(self) -> "Iterator[Step]": ...
        def checkpoint(self) -> dict[str, Any]:
            """JSON-able state as it was before the newest step: with its ``offset``, what ``read`` resumes from."""

        def state(self) -> dict[str, Any]:
            """JSON-able state after the newest step: with its ``end``, what ``read`` resumes from."""

    class Adapter(Protocol):
        """One agent."""

        name: str
        """Lower-case letters, digits, ``-`` and ``_``. Sources that it finds have it as their ``agent``."""

        # by_name: bool = False
        # Optional. True where files are told by their names alone: one that another adapter knows by its content, in a
        # folder that somebody names, is that one's.

        def roots(self, environ: Mapping[str, str]) -> list[str]:
            """Folders in which this agent keeps its transcripts on this machine, whether or not they exist."""

        def discover(self, root: str) -> "Iterator[Source]":
            """Every session below ``root``, in the order of their names. Follows no link out of ``root``."""

        def locate(self, session_id: str, root: str) -> "Source | None":
            """The session of that id below ``root``; None where there is none, or the id is no plain name."""

        def at(self, path: str, root: str) -> "Source | None":
            """The session whose main file is ``path``; None where it does not exist or lies outside ``root``."""

        def cwds(self, source: "Source", maybe: Sequence[str] = ()) -> list[str]:
            """The working folders a session names near its start, first one first; cheap (a bounded read).

            ``maybe``: folders that are asked about. An agent that keeps only the hash of a path can tell whether it is
            one of these; every other passes them over.
            """

        def lines(self, path: str, offset: int) -> "Iterator[Line]":
            """What a transcript consists of, from ``offset`` on: of JSONL its lines (``gitml.agents.lines.lines``).

            The steps of ``read`` and raw copies agree on it. ``data`` holds JSON that ``records`` reads, on one line.
            """

        def records(self, line: bytes) -> "tuple[list[dict[str, Any]], str]":
            """(the objects on one line of a transcript, why what else stands there could not be read)."""

        def read(self, source: "Source", path: str, offset: int = 0, state: dict[str, Any] | None = None) -> Reader:
            """A reader of the session's main file or of one of its sub-agents', from ``offset`` with ``state``."""


class AgentFile:
    """A sub-agent's own transcript. ``parent_tool_id`` and ``type`` where a sidecar names them, else ""."""

    __slots__ = ("agent_id", "parent_tool_id", "path", "type")

    def __init__(self, agent_id: str, path: str, parent_tool_id: str = "", type: str = "") -> None:
        self.agent_id = agent_id
        self.path = path
        self.parent_tool_id = parent_tool_id
        self.type = type


class Source:
    """One session on disk: its main file and its sub-agents' files, sorted by agent id."""

    __slots__ = ("agent", "agents", "path", "session_id")

    def __init__(self, agent: str, session_id: str, path: str, agents: "list[AgentFile]") -> None:
        self.agent = agent
        self.session_id = session_id
        self.path = path
        self.agents = agents

    @property
    def uid(self) -> str:
        """``<agent>:<its own id>``."""
        return f"{self.agent}:{self.session_id}"

    def whose(self, path: str) -> "AgentFile | None":
        """The sub-agent whose file that is; None for the main file. Raises ValueError for a file of neither."""
        if path == self.path:
            return None
        for agent in self.agents:
            if agent.path == path:
                return agent
        raise ValueError(f"not a file of session {self.session_id}: {path}")

    @property
    def gone(self) -> bool:
        """Whether one of its files is not there any more."""
        return not all(os.path.lexists(path) for path in (self.path, *(agent.path for agent in self.agents)))


class Step:
    """One line of a transcript: its byte offset, the offset behind it, the events it makes (often none), and every
    text in it that could give a secret away. ``ahead``: it makes none, and belongs to the prompt that follows."""

    __slots__ = ("_texts", "ahead", "end", "events", "offset")

    def __init__(
        self, offset: int, end: int, events: "list[SessionEvent]", texts: "Callable[[], list[Text]] | None" = None
    ) -> None:
        self.offset = offset
        self.end = end
        self.events = events
        self.ahead = False
        self._texts = texts

    def texts(self) -> "list[Text]":
        """(key, text) of every string that holds words: not ids, times, signatures, images. Always in the same order;
        each text once. Whole, where the events hold a bounded preview."""
        return self._texts() if self._texts is not None else []
