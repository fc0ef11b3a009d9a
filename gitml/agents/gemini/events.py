"""One record of a chat to the events it makes.

A message is written again, whole, when its tokens are known and whenever some of its tool calls have finished (65 of
114 in real files): what was told before is not told again.
"""

from gitml.agents.fields import items, known, mapping, text
from gitml.agents.gemini import answers, others
from gitml.agents.gemini.told import Told
from gitml.agents.memory import Memory
from gitml.model.digest import hexhash
from gitml.model.events import SessionEvent
from gitml.model.times import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile, Source

    Record = dict[str, Any]
    Fact = tuple[str, str, dict[str, Any]]
    """(kind, when it happened or "" for the record's own time, payload)."""

MESSAGES = 256
"""Messages that are remembered. The client writes its newest one again, no other."""


def memory(state: "dict[str, Any] | None") -> Memory:
    """What carries over between lines: ``told`` {hash of a message's id: what was told of it}, oldest first."""
    return Memory(state, {"seq": 0, "told": {}})


class Making:
    """Turns the records of one file into events, in order."""

    __slots__ = ("agent", "memory", "source")

    def __init__(self, source: "Source", agent: "AgentFile | None", memory: Memory) -> None:
        self.source = source
        self.agent = agent
        self.memory = memory

    def events(self, record: "Record", place: "tuple[int, int]") -> "list[SessionEvent]":
        """The events of a record: of a message what is new of it; of the head or a patch what it says of the chat."""
        if "$rewindTo" in record:
            return self._wrapped(record, [("system", "", {"subtype": "rewind"})])
        if "$set" in record:
            return self._head(mapping(record["$set"]))
        if text(record.get("sessionId")) and "type" not in record:
            return self._head(record) + self._all(items(record.get("messages")), place)
        return self._message(record)

    def _all(self, messages: "list[Any]", place: "tuple[int, int]") -> "list[SessionEvent]":
        """Older writers put a whole chat on one line."""
        return [event for message in messages for event in self.events(mapping(message), place)]

    def _head(self, told: "Record") -> "list[SessionEvent]":
        """A patch's ``messages`` are what the model is to see from then on (masked, summed up): nobody said them."""
        said = text(told.get("summary"))
        return self._wrapped(told, [("summary", "", {"text": said, "source": "title"})] if said else [])

    def _message(self, message: "Record") -> "list[SessionEvent]":
        uuid, kind = text(message.get("id")), message.get("type")
        if not uuid or not isinstance(kind, str):
            return []
        mark, known_of = hexhash(uuid, 12), mapping(self.memory.now["told"])
        told = Told(text(known_of.get(mark)))
        if kind == "gemini":
            made = answers.facts(message, told)
        else:
            made = [] if told.said else others.facts(message, kind, aside=self.agent is not None)
            told.said = True
        self._remember(mark, told.packed(), known_of)
        return self._wrapped(message, made)

    def _remember(self, mark: str, packed: str, known_of: "dict[str, Any]") -> None:
        if known_of.get(mark) == packed:
            return
        entries = list({**known_of, mark: packed}.items())
        self.memory.now["told"] = dict(entries[-MESSAGES:])

    def _wrapped(self, record: "Record", facts: "list[Fact]") -> "list[SessionEvent]":
        """The facts with the record's envelope around them."""
        own = normal(record.get("timestamp"))
        uuid = text(record.get("id"))
        shared = known(agent_id=self.agent.agent_id) if self.agent is not None else {}
        return [
            SessionEvent(
                self.source.uid,
                self.memory.next_seq(),
                kind,
                when or own,
                uuid,
                "",
                self.agent is not None,
                {**payload, **shared},
            )
            for kind, when, payload in facts
        ]
