"""Streams as a reader sees them: folded, with what belongs to a session joined to it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from gitml.errors import BadUsage
from gitml.model.jsonl import decode
from gitml.model.streams import STREAMS
from gitml.store import fold as folding

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.fold import Damage


class View:
    """One stream: ``lines`` (original bytes, no newline, sorted by time and id) and the ``damage`` met on the way."""

    __slots__ = ("damage", "lines", "stream")

    def __init__(self, stream: str, lines: list[bytes], damage: list[Damage]) -> None:
        self.stream = stream
        self.lines = lines
        self.damage = damage

    def records(self) -> Iterator[dict[str, Any]]:
        """The lines, parsed."""
        for line in self.lines:
            yield decode(line)


def names(context: Context) -> list[str]:
    """Every stream there is: those gitml knows, then others found on disk."""
    return [*STREAMS, *sorted(set(folding.streams(context.layout)) - set(STREAMS))]


def stream(context: Context, name: str) -> View:
    """The folded stream; sessions with their watermarks and parent. Raises BadUsage for a name that is no stream."""
    if name not in STREAMS and name not in (known := names(context)):
        near = get_close_matches(name, known, n=1)
        hint = f"gitml cat {near[0]}" if near else None
        raise BadUsage(f"no stream `{name}`; there are {', '.join(known)}", hint=hint)
    folded = folding.fold(context.layout, name)
    lines = folded.lines
    if name == "sessions":
        from gitml.ops.reading.joined import join

        lines = join(context, lines)
    return View(name, lines, folded.damage)


def records(context: Context, name: str) -> list[dict[str, Any]]:
    """The folded records of a stream gitml knows."""
    return list(stream(context, name).records())
