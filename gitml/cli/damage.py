"""Lines that could not be read: what was read has been shown by then, and each of the others is named."""

from __future__ import annotations

from collections.abc import Iterable

from gitml.errors import DoneInPart


def report(damage: Iterable[object]) -> None:
    """Raises DoneInPart with file, line and reason of each, where there is any."""
    places = [str(place) for place in dict.fromkeys(damage)]
    if places:
        raise DoneInPart("some lines could not be read", places, hint="git log --stat -- .git-ml  # what brought them")
