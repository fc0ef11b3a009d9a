"""Which lines of a transcript are to stay out of its raw copy: what was forgotten, or said while recording was off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.derive.chats import TENTATIVE
from gitml.model.digest import hexhash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.agents.base import Adapter, AgentFile, Source
    from gitml.model.events import SessionEvent
    from gitml.ops.silence import Silences
    from gitml.store.tombstones import Tombstones

QUOTABLE = 12
"""Characters of a prompt from which a line elsewhere that repeats it goes, too: clients write the last prompt again."""


def mark(graves: Tombstones, silent: Silences) -> str:
    """A name for all that is to stay out; "" where nothing is."""
    said = [*sorted(graves.pairs), *sorted(silent.spans), *sorted(silent.sessions)]
    return hexhash(repr(said), 24) if said else ""


class Unwanted:
    """``lines`` {path: offsets of lines that go} · ``quotes``: texts of the prompts that go · ``met``: the tombstones
    that hid anything, as (stream, target)."""

    __slots__ = ("_agents", "_graves", "_silent", "lines", "met", "quotes")

    def __init__(self, adapter: Adapter, source: Source, graves: Tombstones, silent: Silences) -> None:
        self._graves = graves
        self._silent = silent
        self._agents: set[str] = set()
        self.lines: dict[str, set[int]] = {}
        self.quotes: set[str] = set()
        self.met: set[tuple[str, str]] = set()
        if not graves and not silent.spans:
            return
        self._main(adapter, source)
        waiting = list(source.agents)
        while waiting:
            ready = [agent for agent in waiting if agent.agent_id in self._agents] or waiting
            for agent in ready:
                self._agent(adapter, source, agent)
            waiting = [agent for agent in waiting if agent not in ready]

    def hides(self, path: str, offset: int) -> bool:
        """Whether the line at that offset goes."""
        return offset in self.lines.get(path, ())

    def _main(self, adapter: Adapter, source: Source) -> None:
        gone = self.lines[source.path] = set()
        within, ahead = False, set[int]()
        for step in adapter.read(source, source.path):
            if step.ahead:
                ahead.add(step.offset)
                continue
            for event in step.events:
                if not event.payload.get("agent_id") and _opens(event):
                    within = self._chat(event)
            if within or self._hides(step.events):
                gone.update(ahead if step.events else (), (step.offset,))
                self._started_by(step.events)
            ahead = set() if step.events else ahead

    def _agent(self, adapter: Adapter, source: Source, agent: AgentFile) -> None:
        gone = self.lines[agent.path] = set()
        whole = agent.agent_id in self._agents or agent.parent_tool_id in self._agents
        for step in adapter.read(source, agent.path):
            if whole or self._hides(step.events):
                gone.add(step.offset)
                self._started_by(step.events)

    def _chat(self, event: SessionEvent) -> bool:
        """Whether the turn that starts here goes."""
        gone = self._named("chats", event.uuid) or self._timed(event.timestamp)
        text = str(event.payload.get("text") or "")
        if gone and len(text) >= QUOTABLE:
            self.quotes.add(text)
        return gone

    def _hides(self, events: Iterable[SessionEvent]) -> bool:
        return any(
            self._timed(event.timestamp)
            or any(self._named(stream, str(event.payload.get("tool_id"))) for stream in ("actions", "orchestration"))
            for event in events
        )

    def _named(self, stream: str, target: str) -> bool:
        hit = (stream, target) in self._graves.pairs
        if hit:
            self.met.add((stream, target))
        return hit

    def _timed(self, timestamp: str) -> bool:
        return self._silent.hides("chats", {"timestamp": timestamp})

    def _started_by(self, events: Iterable[SessionEvent]) -> None:
        """The sub-agents that a line which goes started: told by the call's id, or by the result that names them."""
        for event in events:
            told = event.payload.get("agent")
            names = [event.payload.get("tool_id"), told.get("id") if isinstance(told, dict) else None]
            self._agents.update(str(name) for name in names if name)


def _opens(event: SessionEvent) -> bool:
    return event.kind == "user" and event.payload.get("origin") in ("prompt", *TENTATIVE)
