"""Adapters that other packages bring, found by the entry-point group ``gitml.agents``. See docs/agents.md."""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from gitml.agents.guarded import Guarded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.agents.base import Adapter

GROUP = "gitml.agents"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
"""An agent's name begins the ids of its sessions (``name:id``) and is a folder's name."""

METHODS = ("roots", "discover", "locate", "at", "cwds", "lines", "records", "read")


class Others:
    """``adapters`` by agent; ``problems``: a line for each that cannot be used."""

    __slots__ = ("adapters", "problems")

    def __init__(self) -> None:
        self.adapters: dict[str, Adapter] = {}
        self.problems: list[str] = []


def find(taken: frozenset[str]) -> Others:
    """Every usable adapter of other packages. None can stand for an agent whose name is ``taken``.

    What a package does wrong is its own problem, one line, and nobody's failure.
    """
    found = Others()
    for entry in _sorted(entry_points(group=GROUP)):
        why = _why_not(entry, taken.union(found.adapters))
        if not why:
            loaded, why = _load(entry)
        if why:
            found.problems.append(f"agent {_named(entry)} cannot be read: {why}")
        else:
            found.adapters[entry.name] = Guarded(loaded)
    return found


def _sorted(entries: Iterable[EntryPoint]) -> list[EntryPoint]:
    return sorted(set(entries), key=lambda entry: (entry.name, _package(entry), entry.value))


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else ""


def _named(entry: EntryPoint) -> str:
    return f"{entry.name!r} of {_package(entry) or entry.value}"


def _why_not(entry: EntryPoint, taken: frozenset[str]) -> str:
    if NAME.match(entry.name) is None:
        return "its name must be lower-case letters, digits, - and _"
    return "that agent has an adapter already" if entry.name in taken else ""


def _load(entry: EntryPoint) -> tuple[Any, str]:
    """(the adapter, why it is none)."""
    try:
        loaded = entry.load()
        if getattr(loaded, "name", None) != entry.name:
            return None, f"its `name` is not {entry.name!r}"
        lacking = [name for name in METHODS if not callable(getattr(loaded, name, None))]
    except Exception as error:  # a stranger's code may raise anything
        return None, f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return loaded, f"it has no {lacking[0]}()" if lacking else ""
