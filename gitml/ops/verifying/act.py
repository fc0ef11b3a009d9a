"""What steps of a repair that act on one path have in common."""

from __future__ import annotations


class Act:
    """Puts no record in danger, unless it names files in ``paths``."""

    phase = 2
    name = ""

    def __init__(self, path: str) -> None:
        self.path = path

    @property
    def key(self) -> str:
        return f"{self.name} {self.path}"

    @property
    def paths(self) -> list[str]:
        """Files in danger: none."""
        return []

    def says(self) -> str:
        """What it will do."""
        return f"{self.path}: {self.name}"
