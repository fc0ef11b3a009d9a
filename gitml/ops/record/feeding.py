"""Reading what is new of a session's files into a deriver, each from where the last run stopped. On the hook path."""

from gitml.ops.record import cursor as cursors_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from typing import Any

    from gitml.agents.base import Adapter, AgentFile, Source, Step
    from gitml.derive.conversation import Conversation
    from gitml.derive.session import SessionDeriver


def linked(source: "Source", deriver: "SessionDeriver") -> "Iterator[AgentFile]":
    """The session's sub-agents in the order to feed them in: those whose place in the conversation is known come first,
    since they may start others."""
    for agent in source.agents:
        deriver.link(agent.agent_id, agent.parent_tool_id)
    waiting = list(source.agents)
    while waiting:
        ready = [agent for agent in waiting if deriver.chat_of(agent.agent_id)[0]] or waiting
        yield from ready
        waiting = [agent for agent in waiting if agent not in ready]


class Feeding:
    """One run over one session's files. ``damage``: "path:offset: why" of each line that could not be read.

    ``tick`` is called at every line, and may raise to give up.
    """

    __slots__ = ("adapter", "damage", "deriver", "source", "tick")

    def __init__(
        self, adapter: "Adapter", source: "Source", deriver: "SessionDeriver", tick: "Callable[[], None]"
    ) -> None:
        self.adapter = adapter
        self.source = source
        self.deriver = deriver
        self.tick = tick
        self.damage: list[str] = []

    def main(self, place: "dict[str, Any] | None", seen: "os.stat_result") -> "dict[str, Any]":
        """Feed the main file from the last turn on. Returns where the next run resumes. Raises OSError."""
        offset, state = (place["offset"], place["reader"]) if place else (0, None)
        reader = self.adapter.read(self.source, self.source.path, offset, state)
        for step in reader:
            self.tick()
            for index, event in enumerate(step.events):
                if self.deriver.feed(event, resumable=index == 0):
                    offset, state = step.offset, reader.checkpoint()
        self._damaged(self.source.path, reader.damage)
        return cursors_of.mark(self.source.path, offset, seen, state or {})

    def agents(self, places: "dict[str, Any]", seen: "dict[str, os.stat_result]") -> None:
        """Feed every sub-agent's file, and move its place in ``places``. Raises OSError."""
        for agent in linked(self.source, self.deriver):
            self._agent(agent, places, seen[agent.agent_id])

    def _agent(self, agent: "AgentFile", places: "dict[str, Any]", seen: "os.stat_result") -> None:
        place: Any = places.get(agent.agent_id)
        is_linked = bool(self.deriver.chat_of(agent.agent_id)[0])
        if not cursors_of.holds(place, agent.path) or (is_linked and not place["linked"]):
            place = None  # rewritten; or its actions get their chat only now: derive them again
        run = self.deriver.of_agent(agent.agent_id, agent.type, place["run"] if place else None)
        if not place or not cursors_of.unchanged(place, agent.path, seen):
            places[agent.agent_id] = self._feed_agent(agent, run, place, seen, is_linked)

    def _feed_agent(
        self, agent: "AgentFile", run: "Conversation", place: "Any", seen: "os.stat_result", linked: bool
    ) -> "dict[str, Any]":
        offset, state = (place["offset"], place["reader"]) if place else (0, None)
        reader = self.adapter.read(self.source, agent.path, offset, state)
        newest: Step | None = None
        for step in reader:
            self.tick()
            self._feed(run, newest)
            newest = step
        self._damaged(agent.path, reader.damage)
        kept = run.state()
        self._feed(run, newest)
        if newest is None:
            return cursors_of.mark(agent.path, offset, seen, state or {}, run=kept, linked=linked)
        if _ends_line(agent.path, newest.end):
            return cursors_of.mark(agent.path, newest.end, seen, reader.state(), run=run.state(), linked=linked)
        # A last line without its newline is read but not passed: it may be written again, longer.
        return cursors_of.mark(agent.path, newest.offset, seen, reader.checkpoint(), run=kept, linked=linked)

    def _feed(self, run: "Conversation", step: "Step | None") -> None:
        for event in step.events if step else ():
            self.deriver.feed_agent(run, event)

    def _damaged(self, path: str, damage: "list[tuple[int, str]]") -> None:
        self.damage += [f"{path}:{offset}: {why}" for offset, why in damage]


def _ends_line(path: str, end: int) -> bool:
    with open(path, "rb") as file:
        file.seek(max(0, end - 1))
        return file.read(1) == b"\n"
