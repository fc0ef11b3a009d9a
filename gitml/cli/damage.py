"""Lines that could not be read: what was read has been shown by then, and each of the others is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gitml.errors import DoneInPart

if TYPE_CHECKING:
    from gitml.ops.context import Context


def report(context: Context, damage: Iterable[Any]) -> None:
    """Raises DoneInPart with file, line and reason of each that no repair has seen to, where there is any."""
    from gitml.ops.reading.damage import unknown

    places = [str(place) for place in unknown(context, damage)]
    if places:
        raise DoneInPart("some lines could not be read", places, hint="gitml verify --repair")
