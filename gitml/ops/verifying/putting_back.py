"""Giving a part back the bytes its commit gave it. Records that only the changed one holds go to the spool first."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.git import replacing, staging
from gitml.git.objects import contents
from gitml.ops.verifying.act import Act
from gitml.store.lines import blocks_of
from gitml.store.names import stream_of
from gitml.store.sifting import records, records_in

if TYPE_CHECKING:
    from gitml.git.edits import Edit
    from gitml.ops.verifying.surgery import Surgery

    Bad = list[tuple[int, str, bytes]]


class PutBack(Act):
    """``path`` (relative to ``root``) gets the bytes of ``blob``; ``staged``: in the index as well."""

    name = "records of its own go to the spool, then it gets back the bytes git has of it"

    def __init__(self, root: str, path: str, blob: str, staged: bool) -> None:
        super().__init__(path)
        self.root = root
        self.blob = blob
        self.staged = staged
        self.stream = stream_of(os.path.basename(path))

    @property
    def paths(self) -> list[str]:
        """The file itself."""
        return [os.path.join(self.root, self.path)]

    def apply(self, surgery: Surgery) -> None:
        """Raises GitmlError where a record cannot be written again: then the file stays as it is."""
        good = content(self.root, self.blob)
        bad: Bad = []
        refused = surgery.save(self.stream, self._own(lines_of(good, self.path), bad))
        if refused or any(number == 0 and not self.path.endswith(".gz") for number, _, _ in bad):
            raise GitmlError("holds what cannot be written again", where=self.path)
        known = set(good.split(b"\n"))
        for number, why, line in bad:
            if line not in known:
                surgery.letter(self.path, number, why, line)
        replacing.force(self.root, self.path, good)
        if self.staged:
            staging.add(self.root, [self.path])

    def _own(self, good: list[bytes], bad: Bad) -> Iterator[bytes]:
        """Records that the file, or the index, has and git's version has not."""
        there = set(good)
        blob = staging.staged(self.root, self.path).get(self.path, "") if self.staged else ""
        versions = lines_of(content(self.root, blob), self.path) if blob else []
        yield from (line for line in versions if line not in there)
        path = self.paths[0]
        if os.path.isfile(path) and not os.path.islink(path):
            found = records(path, lambda *one: bad.append(one))
            yield from (line for _, line, _ in found if line not in there)


class Recall(Act):
    """A commit changed a part: what either version holds goes to the spool, if it is nowhere else."""

    phase = 3
    name = "put the records of both versions into the spool, unless they are elsewhere"

    def __init__(self, root: str, edit: Edit, mark: str) -> None:
        super().__init__(edit.path)
        self.root = root
        self.edit = edit
        self.mark = mark
        self.stream = stream_of(os.path.basename(edit.path))

    @property
    def key(self) -> str:
        return f"recall {self.mark}"

    def apply(self, surgery: Surgery) -> None:
        """Records first, then what makes it known."""
        for blob in (self.edit.before, self.edit.after):
            if self.stream:
                surgery.save(self.stream, lines_of(content(self.root, blob), self.edit.path))
        surgery.know(self.edit.path, self.stream, [self.mark])


def content(root: str, blob: str) -> bytes:
    """The bytes of a blob. Raises GitmlError where this clone lacks it."""
    found = contents(root, [blob]).get(blob)
    if found is None:
        raise GitmlError(f"object {blob[:12]} is not in this clone", where=root, hint="git fetch")
    return found


def lines_of(data: bytes, path: str) -> list[bytes]:
    """The records' lines in a version of a stream file; ``path`` tells whether it is packed."""
    found = blocks_of(io.BytesIO(data), path.endswith(".gz"), lambda number, why: None)
    return [line for _, line, _ in records_in(found, lambda number, why, line: None)]
