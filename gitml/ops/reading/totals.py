"""Sums of tokens and money.

Taken over chats and sub-agents, never over ``sessions.usage``: a resumed or forked session repeats the responses it
copied, while the fold keeps each chat once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gitml.model.events import USAGE_KEYS


class Total:
    """``usage`` {input, output, cache_read, cache_write_5m, cache_write_1h}, ``unsplit`` (tokens of which only a sum is
    known), ``tokens`` (all of them), ``lower_bound`` (some response broke off, so there were at least so many),
    ``cost`` in USD or None where no record has one."""

    __slots__ = ("cost", "lower_bound", "unsplit", "usage")

    def __init__(self) -> None:
        self.usage = dict.fromkeys(USAGE_KEYS, 0)
        self.unsplit = 0
        self.lower_bound = False
        self.cost: float | None = None

    @property
    def tokens(self) -> int:
        return sum(self.usage.values()) + self.unsplit

    @property
    def read(self) -> int:
        """Tokens that went in, cached or not."""
        return sum(self.usage.values()) - self.usage["output"]

    def add(self, record: dict[str, Any]) -> None:
        """Count a chat, or an agent of an orchestration record."""
        usage = record.get("usage")
        if isinstance(usage, dict):
            for key in USAGE_KEYS:
                self.usage[key] += _number(usage.get(key))
        elif _number(record.get("tokens")):  # a sub-agent whose own file is gone: its last call is all one knows
            self.unsplit += _number(record["tokens"])
            self.lower_bound = True
        self.lower_bound |= record.get("usage_lower_bound") is True
        cost = record.get("cost")
        if isinstance(cost, int | float) and not isinstance(cost, bool):
            self.cost = (self.cost or 0.0) + cost


def total(chats: Iterable[dict[str, Any]], orchestration: Iterable[dict[str, Any]]) -> Total:
    """Everything these folded chats and batches of sub-agents took."""
    found = Total()
    for chat in chats:
        found.add(chat)
    for batch in orchestration:
        for agent in agents(batch):
            found.add(agent)
    return found


def agents(batch: dict[str, Any]) -> list[dict[str, Any]]:
    """The sub-agents of an orchestration record; none where the record is not what it should be."""
    listed = batch.get("agents")
    return [agent for agent in listed if isinstance(agent, dict)] if isinstance(listed, list) else []


def _number(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
