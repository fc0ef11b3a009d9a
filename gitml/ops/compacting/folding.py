"""Folding old parts into the base, aside: what comes out lies in a scratch folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from gitml.model.jsonl import decode
from gitml.ops.compacting.tip import TRACKED, Tip
from gitml.store import archiving, tombstones
from gitml.store.archiving import Months, Written
from gitml.store.lines import blocks_of
from gitml.store.streaming import Streaming
from gitml.store.tombstones import Tombstones

if TYPE_CHECKING:
    from gitml.git.listing import Blobs
    from gitml.ops.compacting.seen_to import SeenTo

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are read."""


class Folding:
    """One compaction's fold: ``parts`` still in it, ``failures`` (one text each), ``written`` {stream: its files},
    ``taken`` {stream: lines read}."""

    __slots__ = ("_closed", "_done", "_most", "_progress", "_seen_to", "blobs", "failures", "parts", "refused",
                 "scratch", "taken", "tip", "written")  # fmt: skip

    def __init__(
        self, tip: Tip, blobs: Blobs, seen_to: SeenTo, scratch: str, parts: list[str], closed: str, most: int,
        progress: Progress,
    ) -> None:  # fmt: skip
        self.tip = tip
        self.blobs = blobs
        self.scratch = scratch
        self.parts = parts
        self.failures: list[str] = []
        self.refused: set[str] = set()
        self.written: dict[str, Written] = {}
        self.taken: dict[str, int] = {}
        self._closed = closed
        self._most = most
        self._done = 0
        self._progress = progress
        self._seen_to = seen_to

    def run(self, *, packed: bool) -> None:
        """Fold every stream. A damaged part is left out, and with it whatever else it holds, until a repair has seen to
        it; a stream whose base is damaged is left alone, and so is every part that holds it. What was folded with them
        is then folded again."""
        graves = self._graves()
        waiting = self.streams()
        while waiting:
            bad: set[str] = set()
            for stream in waiting:
                bad |= self._fold(stream, graves, packed)
            self.parts = [name for name in self.parts if name not in bad]
            waiting = [stream for stream in self.streams() if any(stream in self.tip.parts[name] for name in bad)]

    def removed(self) -> list[str]:
        """The files of the parts that were folded."""
        return [path for name in self.parts for path in self.tip.parts[name].values()]

    def streams(self) -> list[str]:
        """What the base is made anew of: streams of the parts still in it, and of the base, but those refused."""
        found = {stream for name in self.parts for stream in self.tip.parts[name]} | set(self.tip.base)
        return sorted(found - self.refused)

    def _fold(self, stream: str, graves: Tombstones, packed: bool) -> set[str]:
        """Returns the parts that must stay where they are."""
        folding = Streaming(stream, os.path.join(self.scratch, "runs"))
        try:
            base = self.tip.base.get(stream)
            if base is not None and self._add(folding, base):
                self.refused.add(stream)
                return {name for name in self.parts if stream in self.tip.parts[name]}
            files = {name: self.tip.parts[name][stream] for name in self.parts if stream in self.tip.parts[name]}
            bad = {name for name, path in files.items() if self._add(folding, path)}
            if not bad:
                months = Months(self._closed, self._most, self.tip.archived(stream))
                lines = folding.lines(graves)
                self.written[stream] = archiving.write(self.scratch, stream, lines, months, packed=packed)
                self.taken[stream] = folding.records
            return bad
        finally:
            folding.close()

    def _add(self, folding: Streaming, path: str) -> int:
        """Take a file's lines. Returns how many of them are damaged, and no repair has seen to them."""
        told: dict[int, str] = {}

        def damaged(number: int, why: str) -> None:
            told.setdefault(number, why)

        with self.blobs.open(self.tip.blobs[path]) as file:
            for first, lines in blocks_of(file, False, damaged):
                folding.add([(first, lines)], damaged)
                self._done += sum(map(len, lines)) + len(lines)
                self._progress(self._done, 0)
        new = self._seen_to.new(path, told)
        self.failures += [f"{path}:{number}: {why}" for number, why in new.items()]
        return len(new)

    def _graves(self) -> Tombstones:
        """All tombstones of the commit, in young parts and archives, too. Damage there is told by whoever reads it."""
        folding = Streaming(tombstones.STREAM, os.path.join(self.scratch, "runs"))
        try:
            for path in self.tip.of_stream(tombstones.STREAM):
                with self.blobs.open(self.tip.blobs[path]) as file:
                    folding.add(blocks_of(file, path.endswith(".gz"), _pass_by), _pass_by)
            return tombstones.of_records(decode(line) for _, line in folding.lines() if b"tombstone" in line)
        finally:
            folding.close()


def _pass_by(number: int, why: str) -> None:
    return


def place_of(path: str) -> str:
    """A file of ``Written.files`` as git names it."""
    return f"{TRACKED}/{path}"
