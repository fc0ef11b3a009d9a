"""Tokens and money of a session by model, each response counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.derive.prices import Prices, usd
from gitml.derive.usage import add, empty
from gitml.model.events import USAGE_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitml.model.events import SessionEvent

NO_MODEL = "unknown"
"""Under this name go tokens of responses that name no model."""
NAME = 80
"""Characters of a model's name."""


class Ledger:
    """Every response of a session, main conversation and sub-agents: a response that stands in several of its files
    was paid for once. Unlike the meter of the hook path it forgets none, however far apart its records are."""

    __slots__ = ("_clean", "_names", "_responses")

    def __init__(self, clean: Callable[[str], str] = str) -> None:
        self._clean = clean
        self._names: dict[str, str] = {}
        self._responses: dict[object, dict[str, Any]] = {}

    def note(self, event: SessionEvent) -> None:
        """Take in an event. Of the records of one response the newest counts, with the largest ``output``."""
        payload = event.payload
        usage = payload.get("usage")
        if not isinstance(usage, dict):
            return
        key: object = payload.get("response") or (event.uuid, event.seq)
        entry = self._responses.setdefault(key, {"model": "", "usage": empty(), "done": False, "at": event.timestamp})
        output = max(entry["usage"]["output"], usage.get("output", 0))
        entry["usage"] = {**{name: usage.get(name, 0) for name in USAGE_KEYS}, "output": output}
        entry["model"] = self._named(_name(payload)) or entry["model"]
        entry["done"] = entry["done"] or bool(payload.get("stop_reason") or payload.get("final"))

    def add(self, model: str, usage: dict[str, int], lower_bound: bool) -> None:
        """Take in a sum of which the single responses are not known."""
        known = {name: usage.get(name) or 0 for name in USAGE_KEYS}
        entry = {"model": self._named(model), "usage": known, "done": not lower_bound, "at": "", "many": True}
        self._responses[len(self._responses)] = entry

    def _named(self, model: str) -> str:
        """The model's name as a key may hold it: redacted, bounded."""
        if model not in self._names:
            self._names[model] = self._clean(model)[:NAME]
        return self._names[model]

    def spent(self, prices: Prices) -> Spent:
        """The sums, at these prices."""
        return Spent(self._responses.values(), prices)


class Spent:
    """``usage`` in all · ``lower_bound``: some response never said it was done · ``models`` {name: its usage, with
    ``cost`` in USD where it has a price} by what they read and wrote · ``unpriced`` names · ``cost`` of what has a
    price, None where nothing has."""

    __slots__ = ("cost", "lower_bound", "models", "unpriced", "usage")

    def __init__(self, responses: Iterable[dict[str, Any]], prices: Prices) -> None:
        self.usage = empty()
        self.lower_bound = False
        self.models: dict[str, dict[str, Any]] = {}
        pico: dict[str, int] = {}
        for entry in responses:
            name = entry["model"] or NO_MODEL
            add(self.usage, entry["usage"])
            add(self.models.setdefault(name, empty()), entry["usage"])
            self.lower_bound |= not entry["done"]
            spent = prices.pico(name, entry["usage"], entry["at"], one="many" not in entry)
            if spent is not None:
                pico[name] = pico.get(name, 0) + spent
        self.models = {name: self.models[name] for name in sorted(self.models, key=self._weight)}
        self.unpriced = [name for name in self.models if name not in pico and any(self.models[name].values())]
        for name, spent in pico.items():
            self.models[name]["cost"] = usd(spent)
        self.cost = usd(sum(pico.values())) if pico else None

    def _weight(self, name: str) -> tuple[int, str]:
        return -sum(self.models[name].values()), name


def _name(payload: dict[str, Any]) -> str:
    """The model; one that ran in another mode, at other prices, counts as a model of its own."""
    model, speed = payload.get("model"), payload.get("speed")
    if not isinstance(model, str) or model == "<synthetic>":
        return ""
    return f"{model} ({speed})" if model and isinstance(speed, str) and speed else model
