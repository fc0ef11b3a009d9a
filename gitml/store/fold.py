"""Reading a stream: base, archive, live parts and spools, one line a record. The rule is in ``gitml.store.winners``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson

from gitml.model.jsonl import decode
from gitml.model.streams import STREAMS
from gitml.store import tombstones as graves
from gitml.store.layout import Layout
from gitml.store.lines import Damage, blocks
from gitml.store.names import stream_of
from gitml.store.tombstones import Tombstones
from gitml.store.walk import files_under, stream_files
from gitml.store.winners import Winners

__all__ = ["Damage", "Folded", "fold", "fold_all", "fold_lines", "streams"]


class Folded:
    """A stream as read: ``lines`` (winning bytes, without newlines, by timestamp and id) and the ``damage`` met."""

    __slots__ = ("damage", "lines")

    def __init__(self, lines: list[bytes], damage: list[Damage]) -> None:
        self.lines = lines
        self.damage = damage

    def records(self) -> Iterator[dict[str, Any]]:
        """The records, parsed one by one."""
        return (decode(line) for line in self.lines)

    def data(self) -> bytes:
        """The lines as a file holds them."""
        return b"".join(line + b"\n" for line in self.lines)


def fold(layout: Layout, stream: str, *, hidden: bool = False) -> Folded:
    """The stream's records, each once, without those that tombstones hide (with them where ``hidden`` is true).

    Takes no lock and raises nothing for what it finds on disk: see ``Folded.damage``.
    """
    damage: list[Damage] = []
    winners = _taken(layout, {stream: Winners(stream)}, damage)[stream]
    return _folded(winners, damage, None if hidden else graves.load(layout))


def fold_all(layout: Layout) -> dict[str, Folded]:
    """Every stream of ``streams``, in that order, without what tombstones hide; the store is walked once."""
    damage: list[Damage] = []
    taken = _taken(layout, {name: Winners(name) for name in streams(layout)}, damage)
    tombstones = graves.load(layout)
    return {name: _folded(winners, damage, tombstones) for name, winners in taken.items()}


def _taken(layout: Layout, wanted: dict[str, Winners], damage: list[Damage]) -> dict[str, Winners]:
    seen = set()
    # The spools once more at the end: a part that is adopted or brought back meanwhile moves against the order.
    for name, path in chain(stream_files(layout, damage), files_under(layout.spools, [])):
        if name in wanted and path not in seen:
            seen.add(path)
            _take_file(wanted[name], path, damage)
    return wanted


def _folded(winners: Winners, damage: list[Damage], tombstones: Tombstones | None) -> Folded:
    own = [item for item in damage if stream_of(os.path.basename(item.path)) in ("", winners.stream)]
    return Folded(winners.lines(tombstones), own)


def fold_lines(lines: Iterable[bytes], stream: str, tombstones: Tombstones | None = None) -> Folded:
    """The same for lines in hand. Pure; damage has no path and counts lines from 1."""
    damage: list[Damage] = []
    winners = Winners(stream)
    _take_lines(winners, lines, 1, "", damage)
    return Folded(winners.lines(tombstones), damage)


def streams(layout: Layout) -> list[str]:
    """The streams gitml knows, in their order, then all others found on disk, by name."""
    found = {name for name, _ in stream_files(layout, [])}
    return [*STREAMS, *sorted(found.difference(STREAMS))]


def _take_file(winners: Winners, path: str, damage: list[Damage]) -> None:
    def damaged(number: int, why: str) -> None:
        damage.append(Damage(path, number, why))

    for first, lines in blocks(path, damaged):
        _take_lines(winners, lines, first, path, damage)


def _take_lines(winners: Winners, lines: Iterable[bytes], first: int, path: str, damage: list[Damage]) -> None:
    for number, line in enumerate(lines, first):
        why = winners.take(line, orjson.loads)
        if why:
            damage.append(Damage(path, number, why))
