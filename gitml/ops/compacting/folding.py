"""Folding old parts into the base, aside: what comes out lies in a scratch folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gitml.model.jsonl import decode
from gitml.ops.compacting.thinning import DIGESTS
from gitml.ops.compacting.thinning import STREAM as THINNED
from gitml.ops.compacting.tip import TRACKED, Tip
from gitml.store import archiving, tombstones
from gitml.store.archiving import Months, Written
from gitml.store.lines import blocks_of
from gitml.store.streaming import Streaming, bits_for
from gitml.store.tombstones import Tombstones

if TYPE_CHECKING:
    from gitml.git.listing import Blobs
    from gitml.ops.compacting.seen_to import SeenTo
    from gitml.ops.compacting.thinning import Thinning

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are read."""


class Folding:
    """One compaction's fold: ``parts`` still in it, ``failures`` (one text each), ``written`` {stream: its files},
    ``taken`` {stream: lines read}, ``thinning`` of old chats."""

    __slots__ = ("_closed", "_done", "_most", "_progress", "_seen_to", "blobs", "failures", "parts", "refused",
                 "scratch", "taken", "thinning", "tip", "written")  # fmt: skip

    def __init__(
        self, tip: Tip, blobs: Blobs, seen_to: SeenTo, scratch: str, parts: list[str], closed: str, most: int,
        thinning: Thinning, progress: Progress,
    ) -> None:  # fmt: skip
        self.tip = tip
        self.blobs = blobs
        self.scratch = scratch
        self.parts = parts
        self.failures: list[str] = []
        self.refused: set[str] = set()
        self.thinning = thinning
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
        base = self.tip.base.get(stream)
        files = {name: self.tip.parts[name][stream] for name in self.parts if stream in self.tip.parts[name]}
        folding = self._streaming(stream, [*files.values(), *([base] if base is not None else [])])
        try:
            if base is not None and self._add(folding, base):
                self.refused.add(stream)
                return set(files)
            bad = {name for name, path in files.items() if self._add(folding, path)}
            if not bad:
                lines, closed = folding.lines(graves), self._closed
                if stream == THINNED and self.thinning:
                    limit = self.thinning.limit(folding.newest)
                    lines, closed = self.thinning.over(lines, limit, self._digested()), min(closed, limit[:7])
                months = Months(closed, self._most, self.tip.archived(stream))
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

    def _streaming(self, stream: str, paths: list[str]) -> Streaming:
        """A fold of what these files hold; what an archive unpacks to only makes it suspect more."""
        octets = sum(self.blobs.size(self.tip.blobs[path]) for path in paths)
        return Streaming(stream, os.path.join(self.scratch, "runs"), bits=bits_for(octets))

    def _graves(self) -> Tombstones:
        lines = self._all(tombstones.STREAM)
        return tombstones.of_records(decode(line) for line in lines if b"tombstone" in line)

    def _digested(self) -> dict[str, str]:
        """{session_id: up to when its digest knows it}"""
        digests = (decode(line) for line in self._all(DIGESTS))
        return {str(digest.get("session_id")): str(digest.get("updated_at") or "") for digest in digests}

    def _all(self, stream: str) -> Iterator[bytes]:
        """The commit's records of a stream, in young parts and archives, too. Damage there is told by whoever reads
        it."""
        paths = self.tip.of_stream(stream)
        folding = self._streaming(stream, paths)
        try:
            for path in paths:
                with self.blobs.open(self.tip.blobs[path]) as file:
                    folding.add(blocks_of(file, path.endswith(".gz"), _pass_by), _pass_by)
            yield from (line for _, line in folding.lines())
        finally:
            folding.close()


def _pass_by(number: int, why: str) -> None:
    return


def place_of(path: str) -> str:
    """A file of ``Written.files`` as git names it."""
    return f"{TRACKED}/{path}"
