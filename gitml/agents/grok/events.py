"""One record of the log to the events it makes."""

import re

from gitml.agents.fields import count, known, mapping, text
from gitml.agents.grok import notices, talk, tools
from gitml.agents.grok.layout import update_of
from gitml.agents.memory import Memory
from gitml.agents.names import is_plain
from gitml.model.events import SessionEvent
from gitml.model.times import of_epoch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile, Source

    Record = dict[str, Any]
    Fact = tuple[str, dict[str, Any]]

NUMBERED = re.compile(r"(.{1,200})-\d+(?:@\d+)?\Z")
"""``<session>-<number>``, and a prompt's time."""

LAST_SECOND = 4_102_444_800
"""The year 2100. A greater number is no time in seconds."""


def memory(state: "dict[str, Any] | None") -> Memory:
    """What carries over between lines: ``round``, which response of the session it is; ``numbered``, whether prompts
    have numbers; ``model`` that the newest prompt was sent to; ``calls`` {hash of a tool call's id: [its tool, whether
    it was told, the git operations of its command]}."""
    return Memory(state, {"seq": 0, "round": 0, "numbered": False, "model": "", "calls": {}})


class Told:
    """A record's update with what stands around it. ``free``: what it cost is counted elsewhere."""

    __slots__ = ("aside", "free", "meta", "model", "response", "update")

    def __init__(self, record: "Record", response: str, model: str, aside: bool, free: bool) -> None:
        self.update = update_of(record)
        self.meta = mapping(mapping(record.get("params") or record).get("_meta"))
        self.model = text(self.meta.get("modelId")) or model
        self.response = response
        self.aside = aside
        self.free = free

    def shared(self) -> "dict[str, Any]":
        """The keys of RESPONSE. What a response cost is told for the whole turn alone."""
        return {"response": self.response, **known(model=self.model)}


class Making:
    """Turns the records of one file into events, in order."""

    __slots__ = ("agent", "free", "memory", "source")

    def __init__(self, source: "Source", agent: "AgentFile | None", memory: Memory, free: bool) -> None:
        self.source = source
        self.agent = agent
        self.memory = memory
        self.free = free

    def events(self, record: "Record", place: "tuple[int, int]") -> "list[SessionEvent]":
        """The events of the record at that place of the file."""
        whose = self.agent.agent_id if self.agent is not None else self.source.session_id
        now = self.memory.now
        told = Told(record, f"{whose}/{now['round']}", now["model"], self.agent is not None, self.free)
        handler = FACTS.get(text(told.update.get("sessionUpdate")))
        facts: list[Fact] = handler(told, now) if handler is not None else []
        if not facts:
            return []
        uuid, when = text(told.meta.get("eventId")), _time(record, told.meta)
        return [self._event(kind, payload, when, uuid) for kind, payload in facts]

    def _event(self, kind: str, payload: "dict[str, Any]", when: str, uuid: str) -> SessionEvent:
        aside = self.agent is not None
        shared = {"agent_id": self.agent.agent_id} if self.agent is not None else self._foreign(uuid)
        return SessionEvent(self.source.uid, self.memory.next_seq(), kind, when, uuid, "", aside, {**payload, **shared})

    def _foreign(self, event_id: str) -> "dict[str, Any]":
        """A fork copies its parent's records: they have its own session's id, and their old number and time."""
        found = NUMBERED.match(event_id)
        own = self.source.session_id
        return known(foreign_session=found[1] if found and found[1] != own and is_plain(found[1]) else "")


def _time(record: "Record", meta: "Record") -> str:
    """When it happened: in ms where the agent noted it, else in s when it was written; "" where nothing tells."""
    exact, written = count(meta.get("agentTimestampMs")) or 0, count(record.get("timestamp")) or 0
    for seconds, millis in (divmod(exact, 1000), (written, 0)):
        if 0 < seconds < LAST_SECOND:
            return f"{of_epoch(seconds)[:-4]}{millis:03d}Z"
    return ""


FACTS: "Any" = {**talk.FACTS, **tools.FACTS, **notices.FACTS}
