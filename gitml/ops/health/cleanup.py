"""What an agent's own clean-up will take before it is captured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.errors import AdapterFailed
from gitml.ops.health.captured import Captured
from gitml.ops.health.measure import roots
from gitml.ops.reading.active import QUIET
from gitml.ops.record.belonging import belongs, folders
from gitml.ops.setup.client_settings import cleanup_days, kept_days

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Uncaptured:
    """A session of this repository whose transcript says more than was captured. ``days_left`` until its agent may
    delete it; below 0: at its next start."""

    session_id: str
    path: str
    days_left: float

    def to_dict(self) -> dict[str, Any]:
        """Keys: session_id path days_left."""
        return {"session_id": self.session_id, "path": self.path, "days_left": round(self.days_left, 1)}


@dataclass(slots=True)
class Kept:
    """``sessions``: of all repositories and agents, on this machine. ``days``: for how long agents that clean up keep
    them, the least of it; of those that have sessions here, where any of them has. ``uncaptured``: of these, the
    soonest to go first."""

    days: int
    sessions: int
    uncaptured: list[Uncaptured]


def kept(context: Context, environ: Mapping[str, str], now: float) -> Kept:
    """Look through every transcript of this machine; only those that are not captured are opened, at their start. One
    that grew a moment ago goes on, and the next hook records it."""
    root = context.where.root
    limits = {name: kept_days(name, root, environ) for name in registry.BUILT_IN}
    found = Kept(0, 0, [])
    met: set[str] = set()
    captured = Captured(context)
    for adapter, source in _sources(environ):
        found.sessions += 1
        met.add(source.agent)
        days = limits.get(source.agent)
        if days is None or not context.config.reads(source.agent):
            continue
        since = _missing_since(context, captured, adapter, source, now - QUIET)
        if since is not None:
            found.uncaptured.append(Uncaptured(source.session_id, source.path, days - (now - since) / DAY))
    told = (days for name in met if (days := limits.get(name)) is not None)
    found.days = ceil(min(told, default=cleanup_days(root, environ)))
    found.uncaptured.sort(key=lambda one: (one.days_left, one.session_id))
    return found


def _sources(environ: Mapping[str, str]) -> Iterator[tuple[Adapter, Source]]:
    for name in registry.names():
        try:
            adapter = registry.adapter(name)
            for root in roots(environ, name):
                for source in adapter.discover(root):
                    yield adapter, source
        except AdapterFailed:  # sync says so
            continue


def _missing_since(
    context: Context, captured: Captured, adapter: Adapter, source: Source, before: float
) -> float | None:
    """As ``Captured.missing_since``, of a session of this repository that was quiet at ``before``; else None."""
    try:
        since = captured.missing_since(source)
        ours = since is not None and since < before and belongs(context, folders(context, adapter, source), source.path)
    except OSError:  # gone meanwhile
        return None
    return since if ours else None
