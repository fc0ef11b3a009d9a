"""A session whose raw copy is kept, as the planner sees it, and what a set of them takes on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Held(NamedTuple):
    """``uid``: its session_uid · ``last``: when it was last active, in seconds since 1970 · ``objects`` {name: bytes on
    disk}; several sessions may share one · ``flaw``: why its digest does not stand for it, "" where it does ·
    ``tried``: making one has just failed · ``stage``: where it stands in its lifecycle · ``sha256`` of its redacted
    text."""

    uid: str
    last: float
    objects: Mapping[str, int]
    flaw: str = ""
    active: bool = False
    stage: str = "raw"
    tried: bool = False
    sha256: str = ""

    @property
    def session_id(self) -> str:
        """The agent's own id of it."""
        return self.uid.partition(":")[2] or self.uid


class Room:
    """``bytes`` that sessions take together, what they share counted once."""

    __slots__ = ("_uses", "bytes")

    def __init__(self, sessions: Iterable[Held]) -> None:
        self._uses: Counter[str] = Counter()
        self.bytes = 0
        for held in sessions:
            self.bytes += sum(size for name, size in held.objects.items() if name not in self._uses)
            self._uses.update(held.objects.keys())

    def drop(self, held: Held) -> int:
        """Take one out. Returns the bytes that frees."""
        self._uses.subtract(held.objects.keys())
        freed = sum(size for name, size in held.objects.items() if not self._uses[name])
        self.bytes -= freed
        return freed
