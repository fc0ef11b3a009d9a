"""Damage in a commit's files that a repair has seen to: what was not readable is a dead letter somewhere."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gitml.git.objects import SHA1_DIGITS
from gitml.ops.verifying import known
from gitml.ops.verifying.blobs import id_of
from gitml.store.lines import blocks_of
from gitml.store.sifting import records_in

if TYPE_CHECKING:
    from gitml.git.listing import Blobs
    from gitml.ops.compacting.tip import Tip
    from gitml.store.layout import Layout


class SeenTo:
    """What this clone knows of the damage in one commit's files. Where there is none, asking costs nothing."""

    def __init__(self, layout: Layout, tip: Tip, blobs: Blobs) -> None:
        self._layout = layout
        self._tip = tip
        self._blobs = blobs

    def new(self, path: str, told: dict[int, str]) -> dict[int, str]:
        """Of what is wrong with a file, {line number: why}, that which is not known."""
        if not told or not self._marks:
            return told
        bad = self._bad(path)
        return {number: why for number, why in told.items() if self._mark(path, number, bad) not in self._marks}

    def _bad(self, path: str) -> dict[int, bytes]:
        """The bad lines that could be read, by their numbers."""
        bad: dict[int, bytes] = {}
        with self._blobs.open(self._tip.blobs[path]) as file:
            for _ in records_in(
                blocks_of(file, False, _pass_by), lambda number, why, line: bad.setdefault(number, line)
            ):
                pass
        return bad

    def _mark(self, path: str, number: int, bad: dict[int, bytes]) -> str:
        line = bad.get(number, b"")
        return known.line_mark(path, line) if line else known.thing_mark(path, str(number), self._id(path))

    def _id(self, path: str) -> str:
        blob = self._tip.blobs[path]
        with self._blobs.open(blob) as file:
            return id_of(file, self._blobs.size(blob), SHA1_DIGITS)

    @cached_property
    def _marks(self) -> frozenset[str]:
        return known.load(self._layout)


def _pass_by(number: int, why: str) -> None:
    """What has no line that could be read is known by its file."""
