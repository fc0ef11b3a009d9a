"""The registry, opened: every holder, judged at one instant. The hook path imports this."""

from gitml.git import process
from gitml.ops.registry.holder import TIMEOUT, Holder, judged, pid_of, text_of
from gitml.ops.registry.place import here
from gitml.store import heartbeats, registry
from gitml.store.heartbeats import Moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard

    from gitml.store.layout import Layout

PLACE = ("boot", "host", "pids")
LONG = 1e12
"""Seconds: thirty thousand years."""


class Book:
    """``holders`` by number; ``torn`` {number: file that says nothing}; ``now`` as it was opened for."""

    __slots__ = ("holders", "layout", "now", "place", "timeout", "torn")

    def __init__(self, layout: "Layout", now: "Moment", timeout: float = TIMEOUT) -> None:
        self.layout = layout
        self.now = now
        self.timeout = timeout
        self.place = here()
        entries, self.torn = registry.load(layout)
        self.holders = {number: self._judged(number, entry) for number, entry in entries.items()}

    @property
    def all(self) -> "list[Holder]":
        """Every holder, by number."""
        return [self.holders[number] for number in sorted(self.holders)]

    def beat_of(self, holder: Holder) -> "tuple[Layout, str]":
        """Where a holder's signs are: the layout of its work tree, and the file's name."""
        return _beat_of(self.layout, holder.number, holder.entry)

    def near(self, entry: "dict[str, Any]") -> bool:
        """Whether an entry's process, if it names one, is among those that can be seen from here."""
        stated = entry.get("place")
        return isinstance(stated, dict) and all(stated.get(key) == self.place[key] for key in PLACE)

    def _judged(self, number: int, entry: "dict[str, Any]") -> Holder:
        layout, name = _beat_of(self.layout, number, entry)
        last = heartbeats.last(layout, name) or _moment(entry.get("beat"))
        return judged(number, entry, last, self.now, self._alive(entry), self.timeout)

    def _alive(self, entry: "dict[str, Any]") -> "bool | None":
        """Whether an entry's process is there; None where that cannot be told from here."""
        pid, since = pid_of(entry), text_of(entry, "started")
        if not pid or not self.near(entry):
            return None
        there = process.alive(pid, since)
        return there if since or not there else None  # another process may have the number by now


def _beat_of(layout: "Layout", number: int, entry: "dict[str, Any]") -> "tuple[Layout, str]":
    key, tree = text_of(entry, "key"), text_of(entry, "tree")
    safe = 0 < len(tree) < 256 and tree.isprintable() and "/" not in tree and not tree.startswith(".")
    plain = 0 < len(key) < 100 and key.isascii() and key.isalnum()
    return layout.of(tree if safe else layout.worktree), key if plain else f"number-{number}"


def _moment(stated: "Any") -> Moment:
    """What an entry says of its registration; long ago where it makes no sense."""
    wall, steady = (stated.get("wall"), stated.get("steady")) if isinstance(stated, dict) else (None, None)
    if _is_time(wall) and _is_time(steady):
        return Moment(float(wall), float(steady), text_of(stated, "boot"))
    return Moment(0.0, 0.0, "none")


def _is_time(value: "Any") -> "TypeGuard[float]":
    """Seconds, neither infinite nor none."""
    return isinstance(value, int | float) and -LONG < value < LONG
