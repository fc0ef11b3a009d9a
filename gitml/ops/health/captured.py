"""Whether all of a session is captured: its records, and its raw copy where this clone keeps those."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.errors import Damaged
from gitml.ops import silence
from gitml.ops.lifecycle.standing import standings
from gitml.ops.raw import seen
from gitml.ops.raw.capture import wanted
from gitml.ops.raw.session import name_in
from gitml.store import cursors, tombstones
from gitml.store.raw import kept, manifests

if TYPE_CHECKING:
    from gitml.agents.base import Source
    from gitml.ops.context import Context

Marks = dict[str, Any]
"""{path: how far it was read}"""


class Captured:
    """Asks for one session after the other; what holds for all of them is read once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._layout = context.layout
        self._raw = wanted(context)
        self._hidden = set(silence.load(context.layout).sessions)
        self._hidden |= {target for stream, target in tombstones.load(context.layout).pairs if stream == "*"}
        self._evicted: dict[str, str] | None = None

    def missing_since(self, source: Source) -> float | None:
        """When the oldest file that was not read to its end last changed, which is what a clean-up goes by. None where
        all is captured, or gone, or is to stay out. Seconds since 1970. Raises OSError."""
        if source.session_id in self._hidden:
            return None
        since = _oldest(source, self._recorded(source))
        if self._raw and not self._is_evicted(source):
            since = min((moment for moment in (since, _oldest(source, self._copied(source))) if moment), default=None)
        return since

    def _recorded(self, source: Source) -> Marks:
        cursor = cursors.load(self._layout, source.agent, source.session_id) or {}
        agents = cursor.get("agents")
        places = {
            agent.path: agents.get(agent.agent_id) if isinstance(agents, dict) else None for agent in source.agents
        }
        return {source.path: cursor.get("main"), **places}

    def _copied(self, source: Source) -> Marks:
        files = {file["name"]: file["source"] for file in (self._manifest(source) or {}).get("files", ())}
        paths = (source.path, *(agent.path for agent in source.agents))
        return {path: files.get(name_in(source, path)) for path in paths}

    def _is_evicted(self, source: Source) -> bool:
        """Whether the copy was taken away on purpose, here or in another clone, and nothing came after that."""
        manifest = self._manifest(source)
        if manifest is not None:
            return "evicted" in manifest and seen.size(source) <= kept.captured(manifest)
        if self._evicted is None:
            found = standings(self._context)
            self._evicted = {session_id: standing.evicted_at for session_id, standing in found.items()}
        evicted_at = self._evicted.get(source.session_id, "")
        return evicted_at != "" and seen.latest(source) <= evicted_at

    def _manifest(self, source: Source) -> manifests.Manifest | None:
        try:
            return manifests.load(self._layout, source.agent, source.session_id)
        except Damaged:
            return None


def _oldest(source: Source, marks: Marks) -> float | None:
    changed = [_changed_since(marks.get(path), path) for path in (source.path, *(each.path for each in source.agents))]
    return min((moment for moment in changed if moment is not None), default=None)


def _changed_since(mark: Any, path: str) -> float | None:
    """When the file last changed, where that was after it was read. It may have moved meanwhile, or have become shorter
    than what was read of it."""
    try:
        now = os.stat(path)
    except OSError:
        return None
    if not isinstance(mark, dict):
        return now.st_mtime
    same = (mark.get("size"), mark.get("mtime")) == (now.st_size, now.st_mtime_ns)
    offset = mark.get("offset")
    return None if same or (isinstance(offset, int) and offset >= now.st_size) else now.st_mtime
