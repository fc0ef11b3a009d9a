"""The price table: the package's own, and over it what the config says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import gitml
from gitml.derive.prices import Prices
from gitml.model.jsonl import decode
from gitml.store.files import read_bytes

if TYPE_CHECKING:
    from gitml.config import Config


def prices_of(config: Config) -> Prices:
    """The prices that hold in a repository. A model that ``[prices]`` names has that price and no other."""
    own = {model: [price] for model, price in config.get("prices").items()}
    return Prices({**shipped()["models"], **own})


def shipped() -> dict[str, Any]:
    """``gitml/prices.json``: date, source, unit, models."""
    table: dict[str, Any] = decode(read_bytes(os.path.join(os.path.dirname(gitml.__file__), "prices.json")))
    return table
