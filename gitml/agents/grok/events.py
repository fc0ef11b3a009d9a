"""One record of the log to the events it makes."""

from gitml.agents.fields import known, mapping, text
from gitml.agents.grok import notices, talk, tools
from gitml.agents.grok.layout import update_of
from gitml.agents.memory import Memory
from gitml.model.events import SessionEvent
from gitml.model.times import of_epoch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile, Source

    Record = dict[str, Any]
    Fact = tuple[str, dict[str, Any]]

LAST_SECOND = 4_102_444_800
"""The year 2100. A greater number is no time in seconds."""


def memory(state: "dict[str, Any] | None") -> Memory:
    """What carries over between lines: ``round``, which response of the session it is; ``numbered``, whether prompts
    have numbers; ``calls`` {hash of a tool call's id: [its tool, whether it was told]}."""
    return Memory(state, {"seq": 0, "round": 0, "numbered": False, "calls": {}})


class Told:
    """A record's update with what stands around it. ``aside``: in a sub-agent's log."""

    __slots__ = ("aside", "meta", "model", "response", "update")

    def __init__(self, record: "Record", response: str, aside: bool) -> None:
        self.update = update_of(record)
        self.meta = mapping(mapping(record.get("params") or record).get("_meta"))
        self.model = text(self.meta.get("modelId"))
        self.response = response
        self.aside = aside

    def shared(self) -> "dict[str, Any]":
        """The keys of RESPONSE. What a response cost is told for the whole turn alone."""
        return {"response": self.response, **known(model=self.model)}


class Making:
    """Turns the records of one file into events, in order."""

    __slots__ = ("agent", "memory", "source")

    def __init__(self, source: "Source", agent: "AgentFile | None", memory: Memory) -> None:
        self.source = source
        self.agent = agent
        self.memory = memory

    def events(self, record: "Record", place: "tuple[int, int]") -> "list[SessionEvent]":
        """The events of the record at that place of the file."""
        whose = self.agent.agent_id if self.agent is not None else self.source.session_id
        told = Told(record, f"{whose}/{self.memory.now['round']}", self.agent is not None)
        handler = FACTS.get(text(told.update.get("sessionUpdate")))
        facts: list[Fact] = handler(told, self.memory.now) if handler is not None else []
        if not facts:
            return []
        uuid = text(told.meta.get("eventId")) or f"{whose}/{self.memory.now['seq']}"  # older records have no id
        return [self._event(kind, payload, _time(record, told.meta), uuid) for kind, payload in facts]

    def _event(self, kind: str, payload: "dict[str, Any]", when: str, uuid: str) -> SessionEvent:
        aside = self.agent is not None
        whole = {**payload, "agent_id": self.agent.agent_id} if self.agent is not None else payload
        return SessionEvent(self.source.uid, self.memory.next_seq(), kind, when, uuid, "", aside, whole)


def _time(record: "Record", meta: "Record") -> str:
    """When it happened: in ms where the agent noted it, else in s when it was written; "" where nothing tells."""
    exact, written = meta.get("agentTimestampMs"), record.get("timestamp")
    for value, unit in ((exact, 1000), (written, 1)):
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < LAST_SECOND * unit:
            return of_epoch(value / unit)
    return ""


FACTS: "Any" = {**talk.FACTS, **tools.FACTS, **notices.FACTS}
