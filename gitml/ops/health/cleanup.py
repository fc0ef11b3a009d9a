"""What an agent's own clean-up will take before it is captured."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.ops import silence
from gitml.ops.health.measure import roots
from gitml.ops.reading.active import QUIET
from gitml.ops.record.sync import belongs
from gitml.ops.setup.client_settings import cleanup_days
from gitml.store import cursors

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Uncaptured:
    """A session of this repository whose transcript says more than was recorded. ``days_left`` until its agent may
    delete it; below 0: at its next start."""

    session_id: str
    path: str
    days_left: float

    def to_dict(self) -> dict[str, Any]:
        """Keys: session_id path days_left."""
        return {"session_id": self.session_id, "path": self.path, "days_left": round(self.days_left, 1)}


@dataclass(slots=True)
class Kept:
    """``sessions``: of all repositories, on this machine. ``days``: for how long their agent keeps them.
    ``uncaptured``: the soonest to go first."""

    days: int
    sessions: int
    uncaptured: list[Uncaptured]


def kept(context: Context, environ: Mapping[str, str], now: float) -> Kept:
    """Look through every transcript of this machine; only those that are not captured are opened, at their start. One
    that grew a moment ago goes on, and the next hook records it."""
    days = cleanup_days(context.where.root, environ)
    found = Kept(days, 0, [])
    silent = silence.load(context.layout).sessions
    for adapter, source in _sources(environ):
        found.sessions += 1
        since = None if source.session_id in silent else _uncaptured_since(context, source)
        if since is not None and since < now - QUIET and _ours(context, adapter, source):
            found.uncaptured.append(Uncaptured(source.session_id, source.path, days - (now - since) / DAY))
    found.uncaptured.sort(key=lambda one: (one.days_left, one.session_id))
    return found


def _sources(environ: Mapping[str, str]) -> Iterator[tuple[Adapter, Source]]:
    for name in registry.NAMES:
        adapter = registry.adapter(name)
        for root in roots(environ, name):
            for source in adapter.discover(root):
                yield adapter, source


def _uncaptured_since(context: Context, source: Source) -> float | None:
    """When the oldest file that was not read to its end last changed, which is what a clean-up goes by; None where
    all was read, or is gone."""
    cursor = cursors.load(context.layout, source.agent, source.session_id) or {}
    agents = cursor.get("agents")
    places = {agent.path: agents.get(agent.agent_id) if isinstance(agents, dict) else None for agent in source.agents}
    changed = [_changed_since(place, path) for path, place in {source.path: cursor.get("main"), **places}.items()]
    return min((moment for moment in changed if moment is not None), default=None)


def _changed_since(place: Any, path: str) -> float | None:
    """When the file last changed, where that was after it was read. It may have moved meanwhile."""
    try:
        seen = os.stat(path)
    except OSError:
        return None
    read = isinstance(place, dict) and (place.get("size"), place.get("mtime")) == (seen.st_size, seen.st_mtime_ns)
    return None if read else seen.st_mtime


def _ours(context: Context, adapter: Adapter, source: Source) -> bool:
    try:
        return belongs(context, adapter.cwds(source), source.path)
    except OSError:
        return False
