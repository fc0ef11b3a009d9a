"""How old things must be, as people write it and as they read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.errors import BadUsage
from gitml.ops.reading import when

if TYPE_CHECKING:
    from gitml.config import Config

_UNITS = (("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60))


def of_config(config: Config, kind: str) -> float:
    """Seconds that ``[clean]`` says of a type. Raises BadUsage where that is no age."""
    key = f"clean.{kind}"
    try:
        return when.seconds(str(config.get(key)))
    except BadUsage as error:
        raise BadUsage(f"{key}: {error.what}", hint="edit .git-ml/config.toml") from None


def words(seconds: float) -> str:
    """``4 w`` is not said: ``28d``, ``12h``, ``5m``, ``0h``; whole, rounded down, in days from two days on."""
    for unit, size in _UNITS[1:]:
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{int(seconds // size)}{unit}"
    return "0h" if seconds <= 0 else f"{int(seconds)}s"
