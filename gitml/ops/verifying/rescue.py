"""Damaged files that a commit carries: they stay as they are, what can be read in them is written once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.ops.verifying.act import Act
from gitml.store.sifting import records

if TYPE_CHECKING:
    from gitml.ops.verifying.surgery import Surgery


class Rescue(Act):
    """Records of a damaged file go to the spool, its bad lines to the dead letters; then it is known."""

    phase = 3

    name = "rescue"

    def __init__(self, path: str, place: str, stream: str, marks: list[str]) -> None:
        super().__init__(path)
        self.place = place
        self.stream = stream
        self.marks = marks

    @property
    def paths(self) -> list[str]:
        """Files in danger."""
        return [self.path]

    def says(self) -> str:
        """What it will do."""
        return f"{self.place}: put its records into the spool once more, {len(self.marks)} bad lines into dlq/"

    def apply(self, surgery: Surgery) -> None:
        """Records first, then letters, then what makes it known: a kill in between repeats, and loses nothing."""
        bad: list[tuple[int, str, bytes]] = []
        lines = (line for _, line, _ in records(self.path, lambda *one: bad.append(one)))
        refused = surgery.save(self.stream, lines)
        for number, why, line in bad:
            surgery.letter(self.place, number, why, line)
        for line in refused:
            surgery.letter(self.place, 0, "cannot be written again", line)
        surgery.know(self.place, self.stream, self.marks)


class Know(Act):
    """Damage of which nothing can be mended, and nothing is lost: it is written down that it is known."""

    phase = 4

    def __init__(self, place: str, stream: str, marks: list[str]) -> None:
        super().__init__(place)
        self.stream = stream
        self.marks = marks

    @property
    def key(self) -> str:
        return f"know {self.path} {self.marks[0]}"

    def says(self) -> str:
        """What it will do."""
        return f"{self.path}: note that this is known ({len(self.marks)})"

    def apply(self, surgery: Surgery) -> None:
        """Write the note."""
        surgery.know(self.path, self.stream, self.marks)
