"""Sums of tokens and money.

Taken over chats and sub-agents, never over ``sessions.usage``: a resumed or forked session repeats the responses it
copied, while the fold keeps each chat once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gitml.derive.prices import Prices, usd
from gitml.model.events import USAGE_KEYS


class Total:
    """``usage`` {input, output, cache_read, cache_write_5m, cache_write_1h}, ``unsplit`` (tokens of which only a sum is
    known), ``tokens`` (all of them), ``lower_bound`` (some response broke off, so there were at least so many),
    ``cost`` in USD, None where nothing has a price · ``unpriced``: models that have none, and are not in ``cost``."""

    __slots__ = ("_pico", "_prices", "lower_bound", "unpriced", "unsplit", "usage")

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._pico: int | None = None
        self.unpriced: list[str] = []
        self.usage = dict.fromkeys(USAGE_KEYS, 0)
        self.unsplit = 0
        self.lower_bound = False

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
        if isinstance(usage, dict):
            self._spend(str(record.get("model") or ""), {key: _number(usage.get(key)) for key in USAGE_KEYS}, record)

    @property
    def cost(self) -> float | None:
        return None if self._pico is None else usd(self._pico)

    def _spend(self, model: str, usage: dict[str, int], record: dict[str, Any]) -> None:
        """A chat in which the model changed is all the last one's; its requests count as short ones."""
        spent = self._prices.pico(model, usage, str(record.get("timestamp") or ""), one=False)
        if spent is not None:
            self._pico = (self._pico or 0) + spent
        elif any(usage.values()) and model not in self.unpriced:
            self.unpriced.append(model)


def total(chats: Iterable[dict[str, Any]], orchestration: Iterable[dict[str, Any]], prices: Prices | None) -> Total:
    """Everything these folded chats and batches of sub-agents took, at these prices; without any, no cost."""
    found = Total(prices or Prices({}))
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
