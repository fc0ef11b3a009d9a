"""What tokens cost. The table itself is data: ``gitml/prices.json``, and ``[prices]`` in the config."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from gitml.model.events import USAGE_KEYS

PICO = 10**6
"""A price in USD per million tokens, times this, is a whole number of pico-dollars a token: prices have at most six
decimals. Sums are made in whole numbers, so that they come out the same in any order."""

_READ = ("input", "cache_read", "cache_write_5m", "cache_write_1h")
_VARIANT = re.compile(r"(?:-latest|-\d{8})?(?:\[1m\])?$")
"""The release date and the context window behind a model's name; neither changes its price."""


class Prices:
    """``table`` is {model: [price, …]}, a price {input, output, cache_read, cache_write_5m, cache_write_1h} in USD per
    million tokens with, where they apply, ``until`` (the day it ended, so a later one of the list holds from then on)
    and ``above`` with ``long``: the prices of a request whose prompt, cached or not, is longer than so many tokens."""

    __slots__ = ("table",)

    def __init__(self, table: dict[str, list[dict[str, Any]]]) -> None:
        self.table = table

    def knows(self, model: str) -> bool:
        """Whether that model has a price."""
        return bool(self._of(model))

    def pico(self, model: str, usage: dict[str, int], timestamp: str = "", one: bool = True) -> int | None:
        """Pico-dollars (10**-12 USD) that these tokens cost; None where the model has no price.

        ``timestamp`` is the normal time of the request, "" if unknown: then the newest price holds. ``one`` says that
        they are of one request, so that its length is known; sums of several count as short ones.
        """
        listed = self._of(model)
        if not listed:
            return None
        price = next((each for each in listed if timestamp and timestamp < str(each.get("until", "~"))), listed[-1])
        if one and "above" in price and sum(usage.get(key, 0) for key in _READ) > price["above"]:
            price = price["long"]
        return sum(usage.get(key, 0) * _whole(price[key]) for key in USAGE_KEYS)

    def _of(self, model: str) -> list[dict[str, Any]]:
        name, space, mode = model.partition(" ")
        return self.table.get(model) or self.table.get(_VARIANT.sub("", name, count=1) + space + mode) or []


def usd(pico: int) -> float:
    """Pico-dollars as USD, to the millionth, halves up."""
    return (pico + PICO // 2) // PICO / PICO


def _whole(price: float) -> int:
    return int(Decimal(str(price)) * PICO)
