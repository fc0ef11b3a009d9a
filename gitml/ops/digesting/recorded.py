"""The material of a digest, from what the store holds: for sessions whose transcript is gone."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from gitml.derive.digests.shape import Material
from gitml.derive.digests.signs import of_chats
from gitml.derive.digests.spending import Ledger
from gitml.ops.reading import views
from gitml.ops.reading.totals import agents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.derive.prices import Prices
    from gitml.ops.context import Context

Record = dict[str, Any]


class Recorded:
    """The folded records of every session; a stream is read when it is first asked for, and once."""

    __slots__ = ("_by_stream", "_context")

    def __init__(self, context: Context) -> None:
        self._context = context
        self._by_stream: dict[str, dict[str, list[Record]]] = {}

    def _grouped(self, stream: str) -> dict[str, list[Record]]:
        if stream not in self._by_stream:
            grouped: dict[str, list[Record]] = defaultdict(list)
            for record in views.records(self._context, stream):
                grouped[str(record.get("session_id"))].append(record)
            self._by_stream[stream] = grouped
        return self._by_stream[stream]

    def all(self, stream: str) -> Iterator[Record]:
        """All records of a stream, those of one session by time."""
        return chain.from_iterable(self._grouped(stream).values())

    def of(self, stream: str, session_id: str) -> list[Record]:
        """A session's records of a stream, by time."""
        return self._grouped(stream).get(session_id, [])

    def material(self, session: Record, prices: Prices) -> Material:
        """What is known of a session. Prompts that it copied from the one it was resumed from are not its own here."""
        of = str(session.get("session_id"))
        chats, actions, batches = (self.of(stream, of) for stream in ("chats", "actions", "orchestration"))
        spent = _ledger(session, chats, batches).spent(prices)
        spent.lower_bound |= session.get("usage_lower_bound") is True
        return Material("records", session, chats, actions, batches, of_chats(chats), spent)


def _ledger(session: Record, chats: list[Record], batches: list[Record]) -> Ledger:
    """By the model of each chat and sub-agent; of the session's own sum where chats are not recorded."""
    ledger = Ledger()
    for chat in chats:
        ledger.add(str(chat.get("model") or ""), _usage(chat), chat.get("usage_lower_bound") is True)
    for agent in (agent for batch in batches for agent in agents(batch)):
        if isinstance(agent.get("usage"), dict):
            ledger.add(str(agent.get("model") or ""), _usage(agent), False)
    models = session.get("models") or []
    if not chats:
        ledger = Ledger()
        ledger.add(str(models[0]) if len(models) == 1 else "", _usage(session), False)
    return ledger


def _usage(record: Record) -> dict[str, int]:
    usage = record.get("usage")
    return usage if isinstance(usage, dict) else {}
