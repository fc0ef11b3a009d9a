"""Merges that were not settled: all sides' records are united."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.git import placing, replacing, staging
from gitml.git.unmerged import Stages
from gitml.ops.riding.journal import LIVE
from gitml.ops.verifying.finding import DAMAGE, Finding, Subject
from gitml.ops.verifying.putting_back import content, lines_of
from gitml.store.lines import blocks_of
from gitml.store.names import stream_of
from gitml.store.sifting import parsed, records, records_in
from gitml.store.winners import MARKERS

if TYPE_CHECKING:
    from gitml.ops.verifying.surgery import Surgery

CHECK = "conflicts"
BASE, OURS, THEIRS = 1, 2, 3


def conflicts(subject: Subject) -> Iterator[Finding]:
    """Paths in conflict. Settings are no records: whoever merges decides about them."""
    root = subject.context.where.root
    for path, stages in subject.unmerged.items():
        if stream_of(os.path.basename(path)):
            kind = Place if path.startswith(f"{LIVE}/") else Unite
            yield Finding(CHECK, DAMAGE, path, f"in conflict ({_sides(stages)})", step=kind(root, path, stages))
        else:
            mend = f"edit {path}; git add {path}"
            yield Finding(CHECK, DAMAGE, path, "in conflict, and no records: yours to settle", mend=mend)


def _sides(stages: Stages) -> str:
    if OURS in stages and THEIRS in stages:
        return "both sides changed it" if BASE in stages else "both sides added it"
    if OURS in stages or THEIRS in stages:
        return "one side changed it, the other deleted or renamed it" if BASE in stages else "one side renamed it"
    return "both sides renamed it"


class _Conflict:
    """A conflict over one stream file."""

    phase = 1

    def __init__(self, root: str, path: str, stages: Stages) -> None:
        self.root = root
        self.path = path
        self.stages = stages
        self.stream = stream_of(os.path.basename(path))

    @property
    def key(self) -> str:
        return f"unite {self.path}"

    @property
    def paths(self) -> list[str]:
        """The file itself."""
        return [os.path.join(self.root, self.path)]

    def _side(self, stage: int) -> bytes | None:
        found = self.stages.get(stage)
        return content(self.root, found.blob) if found is not None and found.is_file else None

    def _settle(self, data: bytes | None) -> None:
        """The file, then the index: after a kill in between it is still in conflict, and nothing is lost."""
        if data is None:
            placing.take_away(self.root, self.path, lambda _: True)
            staging.remove(self.root, [self.path])
        else:
            replacing.force(self.root, self.path, data)
            staging.add(self.root, [self.path])


class Unite(_Conflict):
    """Every line of both sides, once, and what else the work tree's file has; ours first."""

    def says(self) -> str:
        """What it will do."""
        return f"{self.path}: unite the lines of both sides, and stage it"

    def apply(self, surgery: Surgery) -> None:
        """A line of the common ancestor that neither side has was folded away, unless its record is nowhere else."""
        united = Lines(self.path)
        for stage in (OURS, THEIRS):
            united.add(self._side(stage))
        united.read(self.paths[0])
        united.add_lost(self._side(BASE), surgery.healthy(self.stream))
        for number, why, line in united.bad:
            surgery.letter(self.path, number, why, line)
        surgery.holds(self.stream, united.lines)
        self._settle(united.data())


class Place(_Conflict):
    """A part gets the bytes it had; what only another side holds goes to the spool."""

    phase = 2

    def says(self) -> str:
        """What it will do."""
        return f"{self.path}: keep the part as its commit made it, put other sides' records into the spool, stage it"

    def apply(self, surgery: Surgery) -> None:
        """Records first. A part that both sides renamed or deleted goes; its records are somewhere else by then."""
        sides = {stage: data for stage in (BASE, OURS, THEIRS) if (data := self._side(stage)) is not None}
        chosen = self._chosen(sides)
        kept = set(lines_of(chosen, self.path)) if chosen is not None else set()
        rest = Lines(self.path)
        for data in sides.values():
            rest.add(data)
        rest.read(self.paths[0])
        refused = surgery.save(self.stream, [line for line in rest.lines if line not in kept])
        for number, why, line in [*rest.bad, *((0, "cannot be written again", line) for line in refused)]:
            surgery.letter(self.path, number, why, line)
        self._settle(chosen)

    def _chosen(self, sides: dict[int, bytes]) -> bytes | None:
        """The version that a commit added: the ancestor's where one of the sides still has it."""
        left = [data for stage, data in sides.items() if stage != BASE]
        return sides[BASE] if sides.get(BASE) in left else left[0] if left else None


class Clean(_Conflict):
    """A base file with lines that are no records, such as conflict markers: its records stay, line by line.

    Compaction leaves a damaged base alone, and no part is changed by this."""

    def __init__(self, root: str, path: str) -> None:
        super().__init__(root, path, {})

    def says(self) -> str:
        """What it will do."""
        return f"{self.path}: take out what is no record, and stage it"

    def apply(self, surgery: Surgery) -> None:
        """What goes is put among the dead letters, but for conflict markers."""
        united = Lines(self.path)
        united.read(self.paths[0])
        for number, why, line in united.bad:
            surgery.letter(self.path, number, why, line)
        if all(number for number, _, _ in united.bad):
            replacing.force(self.root, self.path, united.data())
            if self.path in staging.staged(self.root, self.path):
                staging.add(self.root, [self.path])


class Lines:
    """Lines of several versions of a file at ``path``, each once, in the order they came; ``bad`` ones apart."""

    def __init__(self, path: str) -> None:
        self.packed = path.endswith(".gz")
        self.lines: dict[bytes, str] = {}
        self.bad: list[tuple[int, str, bytes]] = []

    def add(self, data: bytes | None) -> None:
        """Add a version's lines."""
        told = self._told
        found = blocks_of(
            io.BytesIO(data or b""), self.packed and bool(data), lambda number, why: told(number, why, b"")
        )
        self._take(records_in(found, told))

    def read(self, file: str) -> None:
        """Add a file's lines; one that is none or not there has none."""
        self._take(records(file, self._told))

    def add_lost(self, data: bytes | None, elsewhere: set[str]) -> None:
        """Add lines of records that are neither among these nor ``elsewhere`` (digests of lines)."""
        from gitml.ops.verifying.surgery import digest

        ids = set(self.lines.values())
        for line in lines_of(data, ".gz" if self.packed else "") if data else []:
            record, _ = parsed(line)
            if str((record or {}).get("id")) not in ids and digest(line) not in elsewhere:
                self.lines.setdefault(line, "")

    def data(self) -> bytes:
        """The file's new bytes."""
        data = b"".join(line + b"\n" for line in self.lines)
        return gzip.compress(data, mtime=0) if self.packed else data

    def _take(self, found: Iterator[tuple[int, bytes, dict[str, object]]]) -> None:
        for _, line, record in found:
            self.lines.setdefault(line, str(record.get("id")))

    def _told(self, number: int, why: str, line: bytes) -> None:
        if not line.startswith(MARKERS):
            self.bad.append((number, why, line))
