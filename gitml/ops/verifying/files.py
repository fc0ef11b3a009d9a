"""Checks of stream files: every line is a record, and every record fits the schema of its stream."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gitml.ops.migrating.old_keys import is_old
from gitml.ops.migrating.shape.record import MARK
from gitml.ops.riding.journal import LIVE
from gitml.ops.verifying import known
from gitml.ops.verifying.conflicts import Clean
from gitml.ops.verifying.finding import DAMAGE, WARNING, Finding, Step, Subject
from gitml.ops.verifying.local_steps import Sift, TakeIn, part_of
from gitml.ops.verifying.rescue import Know, Rescue
from gitml.ops.verifying.schema import Misfit, checker
from gitml.ops.verifying.sides import Remake, intact
from gitml.store.layout import DATA
from gitml.store.lock import hold
from gitml.store.sifting import records
from gitml.store.walk import files_under

if TYPE_CHECKING:
    from gitml.store.lines import Damage

LINES, SCHEMA = "lines", "schema"
MIGRATE = "gitml migrate"
STAYS = (f"{LIVE}/", f"{DATA}/tracked/archive/")
"""Below these no file is ever rewritten."""

SHOWN = 20
"""Findings of one file that are told one by one; a file of rubbish has a line every 256 bytes."""

EVERY = 2_000
"""Records between two signs of life."""


def tracked(subject: Subject) -> Iterator[Finding]:
    """Base, archive and live parts, as they are in the work tree."""
    layout = subject.context.layout
    if os.path.islink(layout.data) or os.path.islink(layout.tracked):
        yield Finding(LINES, DAMAGE, subject.place(layout.tracked), "a symbolic link, not followed", mend=_look(DATA))
        return
    yield from _below(subject, layout.tracked, _Committed, skip=(layout.chunked,))


def spooled(subject: Subject) -> Iterator[Finding]:
    """The spools of all work trees."""
    yield from _below(subject, subject.context.layout.spools, _Spooled)


def sides(subject: Subject) -> Iterator[Finding]:
    """What side branches hold, as this clone has it."""
    yield from _below(subject, subject.context.layout.side, _Side, Remake)


def kept(subject: Subject) -> Iterator[Finding]:
    """Copies of what left the spool."""
    yield from _below(subject, subject.context.layout.kept, _Kept)


class _File:
    """One file being read: what is wrong in it, by mark; at most SHOWN findings. ``old`` counts an older layout's."""

    def __init__(self, subject: Subject, stream: str, path: str) -> None:
        self.subject = subject
        self.stream = stream
        self.path = path
        self.place = subject.place(path)
        self.may_be_old = path == os.path.join(subject.context.layout.tracked, f"{stream}.jsonl")
        self.bad: list[tuple[int, str, str]] = []
        self.misfits: dict[Misfit, list[tuple[int, str]]] = {}
        self.old = 0

    def read(self) -> None:
        """Read it to its end."""
        fits = checker(self.stream)
        self.subject.files += 1
        for number, line, record in records(self.path, self.told):
            if self.may_be_old and is_old(self.stream, record):
                self.old += 1
                continue
            misfit = fits(record) if fits is not None else None
            if misfit is not None and (
                misfit.grave or record.get(MARK) is not True
            ):  # ids keep the form an old layout gave them
                mark = known.record_mark(line) if misfit.grave else ""
                self.misfits.setdefault(misfit, []).append((number, mark))
            self.subject.records += 1
            if self.subject.records % EVERY == 0:
                self.subject.progress(f"{self.subject.records:,} records")

    def told(self, number: int, why: str, line: bytes) -> None:
        """Note a line that is no record."""
        self.bad.append((number, why, known.mark_of(self.path, self.place, number, line)))

    def findings(self) -> Iterator[Finding]:
        """What was noted, the first SHOWN one by one."""
        if self.old:
            yield self._older()
            self.bad = []
        step = self.step()
        for number, why, mark in self.bad[:SHOWN]:
            yield Finding(LINES, DAMAGE, self.place, why, line=number, step=step, mark=mark)
        for number, why, mark in self.bad[SHOWN:]:
            if mark not in self.subject.known:
                says = f"{why}; and {len(self.bad) - SHOWN - 1} more lines of this file"
                yield Finding(LINES, DAMAGE, self.place, says, line=number, step=step, mark=mark)
                break
        for misfit, places in self.misfits.items():
            yield from self._misfit(misfit, places)

    def step(self) -> Step | None:
        """What mends the lines that are no records."""
        raise NotImplementedError

    def _older(self) -> Finding:
        """What is no record in such a file moves with the old ones, and is named by what moves them."""
        rest = f", and {len(self.bad):,} that are no records" if self.bad else ""
        return Finding("layout", WARNING, self.place, f"{self.old:,} lines of an older layout{rest}", mend=MIGRATE)

    def new_marks(self) -> list[str]:
        """Marks of bad lines that no repair has seen."""
        return [mark for _, _, mark in self.bad if mark not in self.subject.known]

    def _misfit(self, misfit: Misfit, places: list[tuple[int, str]]) -> Iterator[Finding]:
        says = f"the record {misfit.what}" if len(places) == 1 else f"{len(places):,} records: the record {misfit.what}"
        if not misfit.grave:
            yield Finding(SCHEMA, WARNING, self.place, says, line=places[0][0])
            return
        new = [mark for _, mark in places if mark not in self.subject.known]
        step = Know(self.place, self.stream, new) if new else None
        yield Finding(SCHEMA, DAMAGE, self.place, says, line=places[0][0], step=step, mark=(new or [places[0][1]])[0])


class _Committed(_File):
    def step(self) -> Step | None:
        """A file that git has otherwise gets git's bytes back; a base file is cleaned; parts and archives stay."""
        new = self.new_marks()
        if not new:
            return None
        if self.place in self.subject.edited:
            return self.subject.edited[self.place]
        if not self.place.startswith(STAYS):
            return Clean(self.subject.context.where.root, self.place)
        return Rescue(self.path, self.place, self.stream, new)


class _Side(_File):
    def step(self) -> Step | None:
        """What the branch itself holds stays; what became of the copy here does not."""
        if not intact(self.path):
            return Remake(self.path)
        new = self.new_marks()
        return Rescue(self.path, self.place, self.stream, new) if new else None


class _Kept(_File):
    def step(self) -> Step | None:
        part = part_of(self.subject.context.layout, self.path)
        return Sift(self.path, self.stream) if part is not None else None


class _Spooled(_File):
    """A writer may be in the middle of a line: what looks wrong is looked at again while nobody can write."""

    def read(self) -> None:
        super().read()
        if self.bad:
            with hold(self.subject.context.layout.lock):
                self.bad, self.misfits = [], {}
                super().read()

    def findings(self) -> Iterator[Finding]:
        yield from super().findings()
        if part_of(self.subject.context.layout, self.path) is None and os.path.lexists(self.path):
            says = "lies outside every part: no commit would carry it"
            yield Finding("spool", DAMAGE, self.place, says, step=TakeIn(self.path, self.stream))

    def step(self) -> Step | None:
        inside = part_of(self.subject.context.layout, self.path) is not None
        return Sift(self.path, self.stream) if inside else TakeIn(self.path, self.stream)


def _below(
    subject: Subject,
    root: str,
    kind: Callable[[Subject, str, str], _File],
    stray: Callable[[str], Step] | None = None,
    skip: tuple[str, ...] = (),
) -> Iterator[Finding]:
    """``stray``: what mends a link, or whatever else is no file."""
    damage: list[Damage] = []
    for stream, path in files_under(root, damage, skip):
        if subject.place(path) in subject.unmerged:
            continue
        file = kind(subject, stream, path)
        file.read()
        yield from file.findings()
    for one in damage:
        place = subject.place(one.path)
        step = stray(one.path) if stray is not None and one.path != root else None
        yield Finding(LINES, DAMAGE, place, one.why, line=one.line, mend="" if step else _look(place), step=step)


def _look(place: str) -> str:
    return f"ls -la '{place}'"
