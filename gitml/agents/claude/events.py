"""One record to the events it makes."""

from gitml.agents.claude import assistant, queue, system, users
from gitml.agents.claude.chains import belonging
from gitml.agents.claude.state import digest
from gitml.agents.fields import known, mapping, text
from gitml.agents.names import short
from gitml.model.events import SessionEvent
from gitml.model.times import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile, Source
    from gitml.agents.claude.chains import Belonging
    from gitml.agents.claude.state import Place, State

    Fact = tuple[str, dict[str, Any]]
    Record = dict[str, Any]

DETACHED = "HEAD"
"""What ``gitBranch`` says where there is no branch."""


class Making:
    """Turns the records of one file into events, in order."""

    __slots__ = ("agent", "path", "source", "state", "uid")

    def __init__(self, source: "Source", agent: "AgentFile | None", path: str, state: "State") -> None:
        self.source = source
        self.agent = agent
        self.path = path
        self.state = state
        self.uid = source.uid

    def events(self, record: "Record", place: "Place") -> "list[SessionEvent]":
        """The events of the record at that place of the file; none for one that was there before (a replay)."""
        self.state.version = short(record.get("version")) or self.state.version
        shaped = self._shaped(record, place)
        if shaped is None:
            return []
        uuid = text(shaped.get("uuid"))
        mark = digest(uuid) if uuid else ""
        if mark and mark in self.state.seen.entries:
            return []
        whose = belonging(shaped, self.agent, self.state)
        if mark:
            self.state.seen.add(mark, whose.agent_id if whose.sidechain and not self.agent else "")
        return self._wrapped(shaped, whose, self._facts(shaped, whose))

    def _shaped(self, record: "Record", place: "Place") -> "Record | None":
        """The record in the form of those that make events; None for a type that makes none."""
        kind = record.get("type")
        if kind == "progress":
            return _copied(record)
        if kind == "queue-operation":
            return queue.operated(record, place, self.path, self.state)
        if kind == "attachment":
            return queue.attached(record, self.state)
        if kind == "system" and record.get("subtype") == "local_command":
            return {**record, "type": "user", "message": {"content": record.get("content")}, "isMeta": None}
        return record if isinstance(kind, str) and kind in FACTS else None

    def _facts(self, record: "Record", whose: "Belonging") -> "list[Fact]":
        made: list[Fact] = FACTS[record["type"]](record, self.state, whose.sidechain)
        if not whose.new:
            return made
        return [("system", {"subtype": "agent_start", **known(type=whose.type)}), *made]

    def _wrapped(self, record: "Record", whose: "Belonging", facts: "list[Fact]") -> "list[SessionEvent]":
        """The facts with the record's envelope around them."""
        if not facts:
            return []
        shared = self._shared(record, whose)
        timestamp, uuid, parent = normal(record.get("timestamp")), text(record.get("uuid")), record.get("parentUuid")
        next_seq = self.state.next_seq
        return [
            SessionEvent(
                self.uid, next_seq(), kind, timestamp, uuid, text(parent), whose.sidechain, {**payload, **shared}
            )
            for kind, payload in facts
        ]

    def _shared(self, record: "Record", whose: "Belonging") -> "dict[str, Any]":
        branch, session = text(record.get("gitBranch")), text(record.get("sessionId"))
        return known(
            cwd=text(record.get("cwd")),
            branch=branch if branch != DETACHED else "",
            version=text(record.get("version")),
            agent_id=whose.agent_id,
            parent_tool_id=whose.parent_tool_id,
            foreign_session=session if session != self.source.session_id else "",
            forked_from=_forked(record.get("forkedFrom")),
            copy=True if record.get("copy") is COPY else None,
        )


COPY = object()
"""Marks a record taken out of a progress record: no value in a file can be this."""


def _copied(record: "Record") -> "Record | None":
    """The sub-agent's record that a progress record wraps; None for other progress."""
    data = mapping(record.get("data"))
    inner = mapping(data.get("message"))
    if data.get("type") != "agent_progress" or inner.get("type") not in ("user", "assistant"):
        return None
    envelope = {key: record.get(key) for key in ("cwd", "gitBranch", "version", "sessionId", "timestamp")}
    own = {"agentId": data.get("agentId"), "parentToolUseID": record.get("parentToolUseID"), "isSidechain": True}
    return {**envelope, **inner, **own, "parentUuid": None, "copy": COPY}


def _forked(value: object) -> str:
    return text(value) or text(mapping(value).get("sessionId"))


FACTS: "Any" = {
    "user": users.facts,
    "assistant": lambda record, state, _: assistant.facts(record, state),
    "system": lambda record, state, _: system.facts(record, state),
    "pr-link": lambda record, state, _: system.pull_request(record),
    **dict.fromkeys(system.SUMMARIES, lambda record, state, _: system.summary(record)),
}
