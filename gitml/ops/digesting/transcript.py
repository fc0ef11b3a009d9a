"""The material of a digest, from a transcript: read whole, searched for secrets, derived, redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.derive.digests.shape import Material
from gitml.derive.digests.signs import Signs
from gitml.derive.digests.spending import Ledger
from gitml.derive.session import SessionDeriver
from gitml.ops import silence
from gitml.ops.record.feeding import linked
from gitml.ops.record.learning import Learning
from gitml.ops.record.repository import settings_of
from gitml.ops.redacting.gates import gate_of
from gitml.store import tombstones

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.agents.base import Adapter, AgentFile, Source
    from gitml.derive.prices import Prices
    from gitml.model.events import SessionEvent
    from gitml.ops.context import Context
    from gitml.redact.gate import Gate

Record = dict[str, Any]


def material_of(
    context: Context, adapter: Adapter, source: Source, prices: Prices, basis: str = "transcript"
) -> tuple[Material | None, Gate]:
    """All of a session, clean; and the gate that knows its secrets. None where nobody said anything in it.

    What was forgotten, or said while recording was off, is in the sums of tokens alone. ``basis`` "raw" where the
    source is a raw copy that was unpacked. Raises OSError; EngineFailed, TooSlow where secrets cannot be looked for.
    """
    gate = gate_of(context)
    _learn(adapter, source, gate)
    whole = _Whole(context, adapter, source, gate)
    records = whole.records()
    if not records["sessions"]:
        return None, gate
    session, chats, actions = records["sessions"][0], records["chats"], records["actions"]
    spent = whole.ledger.spent(prices)
    return Material(basis, session, chats, actions, records["orchestration"], whole.signs, spent), gate


def _learn(adapter: Adapter, source: Source, gate: Gate) -> None:
    """Every secret is known before anything is derived, as when a session is recorded."""
    learning = Learning(adapter, source, gate.vault, lambda: None)
    learning.read("", 0, "")
    for agent in source.agents:
        learning.read(agent.agent_id, 0, "")
    learning.settle()


class _Whole:
    """One session read from its first byte to its last."""

    def __init__(self, context: Context, adapter: Adapter, source: Source, gate: Gate) -> None:
        self.context = context
        self.adapter = adapter
        self.source = source
        self.gate = gate
        self.signs = Signs()
        self.ledger = Ledger(gate.text)
        self.own_files = frozenset(agent.agent_id for agent in source.agents)
        self.deriver = SessionDeriver(source.uid, settings_of(context, adapter, source, gate.text), self.own_files)
        for event in self._events(source.path):
            self.deriver.feed(event)
            if event.payload.get("agent_id") not in self.own_files:  # else it is a copy of what its own file has
                self._note(event)
        for agent in linked(source, self.deriver):
            self._read_agent(agent)

    def records(self) -> dict[str, list[Record]]:
        """By stream, redacted, in the order of the transcript."""
        made: dict[str, list[Record]] = {name: [] for name in ("sessions", "chats", "actions", "orchestration")}
        hidden, silent = tombstones.load(self.context.layout), silence.load(self.context.layout)
        for stream, record in self.deriver.records():
            if not (hidden.hides(stream, record) or silent.hides(stream, record)):
                made[stream].append(self.gate.value(record))
        return made

    def _read_agent(self, agent: AgentFile) -> None:
        run = self.deriver.of_agent(agent.agent_id, agent.type)
        for event in self._events(agent.path):
            self.deriver.feed_agent(run, event)
            self._note(event)

    def _note(self, event: SessionEvent) -> None:
        self.ledger.note(event)
        self.signs.note(event)

    def _events(self, path: str) -> Iterator[SessionEvent]:
        for step in self.adapter.read(self.source, path):
            yield from step.events
