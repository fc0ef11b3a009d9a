"""Check of the files that stand for side branches: each has the bytes git has of it, and none is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.ops.persist import mirror
from gitml.ops.verifying.act import Act
from gitml.ops.verifying.blobs import id_of_file
from gitml.ops.verifying.finding import DAMAGE, Finding, Subject
from gitml.ops.verifying.putting_back import content, lines_of
from gitml.store.files import remove_files
from gitml.store.names import stream_of
from gitml.store.sifting import records
from gitml.store.trees import remove_tree
from gitml.store.walk import files_under

if TYPE_CHECKING:
    from gitml.ops.verifying.surgery import Surgery

CHECK = "sides"


def sides(subject: Subject) -> Iterator[Finding]:
    """All of it can be made again from git."""
    layout = subject.context.layout
    for _, path in files_under(layout.side, []):
        if not intact(path):
            says = "is not what the side branch holds"
            yield Finding(CHECK, DAMAGE, subject.place(path), says, step=Remake(path))
    missing = sorted(mirror.lacking(subject.context))
    if missing:
        path = os.path.join(layout.side, missing[0])
        says = f"{len(missing)} files of side branches are missing"
        yield Finding(CHECK, DAMAGE, subject.place(path), says, step=Remake(path))


def intact(path: str) -> bool:
    """Whether a file has the contents it is named by."""
    blob = os.path.basename(os.path.dirname(path))
    return id_of_file(path, len(blob)) == blob


class Remake(Act):
    """A file goes, and is made anew from what git has. Records that only it holds go to the spool first."""

    name = "make it anew from the side branch; records of its own go to the spool"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.stream = stream_of(os.path.basename(path))

    @property
    def paths(self) -> list[str]:
        """The file itself: it goes."""
        return [self.path]

    def apply(self, surgery: Surgery) -> None:
        """Raises GitmlError where a record cannot be written again: then the file stays."""
        if self.stream:
            self._save(surgery)
        if os.path.isdir(self.path) and not os.path.islink(self.path):
            remove_tree(self.path)
        else:
            remove_files([self.path])
        mirror.make_again(surgery.context)

    def _save(self, surgery: Surgery) -> None:
        there = self._there(surgery)
        bad: list[tuple[int, str, bytes]] = []
        found = records(self.path, lambda *one: bad.append(one))
        if surgery.save(self.stream, (line for _, line, _ in found if line not in there)):
            raise GitmlError("holds what cannot be written again", where=self.path)
        for number, why, line in bad:
            if line:
                surgery.letter(self.path, number, why, line)

    def _there(self, surgery: Surgery) -> set[bytes]:
        """The records that git's version has; none where this clone has no such object."""
        blob = os.path.basename(os.path.dirname(self.path))
        try:
            return set(lines_of(content(surgery.context.where.root, blob), self.path))
        except GitmlError:
            return set()
