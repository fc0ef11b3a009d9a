"""Whether all of a session is captured: its records, and its raw copy where this clone keeps those."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.agents.lines import lines as plain_lines
from gitml.errors import Damaged
from gitml.ops import silence
from gitml.ops.lifecycle.standing import standings
from gitml.ops.raw import seen
from gitml.ops.raw.capture import wanted
from gitml.ops.raw.session import missing, name_in
from gitml.ops.record import cursor as cursors_of
from gitml.store import cursors, tombstones
from gitml.store.files import open_plain
from gitml.store.raw import kept, manifests, objects

if TYPE_CHECKING:
    from gitml.agents.base import Source
    from gitml.ops.context import Context

REWRITTEN = "it was rewritten: its raw copy keeps what it was before, and not what is there now"
Marks = dict[str, Any]
"""{path: how far it was read}"""


class Captured:
    """Asks for one session after the other; what holds for all of them is read once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._layout = context.layout
        self._raw = wanted(context)
        self._kept = bool(context.config.get("raw.enabled")) and objects.available()
        self._hidden = set(silence.load(context.layout).sessions)
        self._hidden |= {target for stream, target in tombstones.load(context.layout).pairs if stream == "*"}
        self._evicted: dict[str, str] | None = None
        self._last: tuple[str, manifests.Manifest | None] = ("", None)

    def missing_since(self, source: Source) -> float | None:
        """When the oldest file that was not read to its end last changed, which is what a clean-up goes by. None where
        all is captured, or gone, or is to stay out. Seconds since 1970. Raises OSError."""
        if source.session_id in self._hidden:
            return None
        since = _oldest(source, self._recorded(source))
        if self._raw and not self._is_evicted(source):
            since = min((moment for moment in (since, _oldest(source, self._copied(source))) if moment), default=None)
        return since

    def lacks(self, source: Source, session: dict[str, Any], turns: int) -> str:
        """Why not every byte of a session is captured, for whoever would delete them; "" where all is. Stricter than
        ``missing_since``: files must be the very ones that were read, to the end of their last line, what was kept out
        of the records on purpose is not captured, and what captured them must be there. ``session``: its record;
        ``turns``: how many chats are recorded of it. Raises OSError."""
        why = self.kept_out(source.session_id) or self.unread(source)
        if why:
            return why
        manifest = self.manifest(source) if self._kept else None
        if not self._kept or self._is_evicted(source):
            return self._unrecorded(source, session, turns)
        if manifest is None:
            return "there is no raw copy of it; gitml sync"
        if _others(source, self._copied(source)):
            return REWRITTEN if missing(manifest, source) else "its raw copy is behind; gitml sync"
        return "its raw copy is damaged; gitml verify" if self._in_pieces(manifest) else ""

    def _unrecorded(self, source: Source, session: dict[str, Any], turns: int) -> str:
        """Why the records alone do not say all that was said: history may have lost them since they were read, and
        what was not to be recorded then may be wanted now."""
        if not self._context.config.records("chats"):
            return "neither chats nor raw copies are kept here"
        cursor = cursors.load(self._layout, source.agent, source.session_id) or {}
        said = max(int(session.get("chat_count") or 0), _read(cursor))
        if turns >= said or (session.get("parent") and turns):  # of one that was resumed the first has the chats
            return ""
        return f"{turns} of its {said} turns are recorded, and no raw copy is kept; gitml sync --full"

    def _in_pieces(self, manifest: manifests.Manifest) -> bool:
        return any(objects.size(self._layout, name) <= 0 for name in set(manifests.pieces(manifest)))

    def kept_out(self, session_id: str) -> str:
        """Why nothing of a session is to be recorded; "" where that is not so."""
        return "it is kept out of the records" if session_id in self._hidden else ""

    def unread(self, source: Source) -> str:
        """Why the records do not hold all of a session; "" where they do. Raises OSError."""
        cursor = cursors.load(self._layout, source.agent, source.session_id)
        if cursor is None:
            return "it is not recorded; gitml sync"
        if cursors_of.current(cursor) is None:
            return "another version of gitml read it; gitml sync"
        other = _others(source, _places(source, cursor))
        if other:
            return f"{os.path.basename(other)} has changed since it was read; gitml sync"
        places = _places(source, cursor)
        cut = next((path for path in _paths(source) if not _ends_whole(source.agent, path, places[path])), "")
        return f"the end of {os.path.basename(cut)} is cut off, or goes on" if cut else ""

    def _recorded(self, source: Source) -> Marks:
        return _places(source, cursors.load(self._layout, source.agent, source.session_id) or {})

    def _copied(self, source: Source) -> Marks:
        files = {file["name"]: file["source"] for file in (self.manifest(source) or {}).get("files", ())}
        return {path: files.get(name_in(source, path)) for path in _paths(source)}

    def _is_evicted(self, source: Source) -> bool:
        """Whether the copy was taken away on purpose, here or in another clone, and nothing came after that."""
        manifest = self.manifest(source)
        if manifest is not None:
            return "evicted" in manifest and seen.size(source) <= kept.captured(manifest)
        if self._evicted is None:
            found = standings(self._context)
            self._evicted = {session_id: standing.evicted_at for session_id, standing in found.items()}
        evicted_at = self._evicted.get(source.session_id, "")
        return evicted_at != "" and seen.latest(source) <= evicted_at

    def manifest(self, source: Source) -> manifests.Manifest | None:
        """The manifest of its raw copy; None where there is none that can be read. Read once for questions that follow
        each other. Raises OSError."""
        if self._last[0] != source.uid:
            try:
                self._last = source.uid, manifests.load(self._layout, source.agent, source.session_id)
            except Damaged:
                self._last = source.uid, None
        return self._last[1]


def _paths(source: Source) -> tuple[str, ...]:
    return source.path, *(agent.path for agent in source.agents)


def _places(source: Source, cursor: Marks) -> Marks:
    """How far the records' cursor says that each file was read."""
    agents = cursor.get("agents")
    known = agents if isinstance(agents, dict) else {}
    return {source.path: cursor.get("main"), **{agent.path: known.get(agent.agent_id) for agent in source.agents}}


def _read(cursor: Marks) -> int:
    """How many turns were read by its cursor: those that are over, and those that the next run derives again."""
    over: int = (cursor.get("derive") or {}).get("chat_count") or 0
    again: list[str] = [key for key in cursor.get("emitted") or () if key.startswith("chats/")]
    return over + len(again)


def _others(source: Source, marks: Marks) -> str:
    """The first of its files that is not the very one, and as long, as when the mark was made; "" if each is."""
    changed = (path for path in _paths(source) if not cursors_of.unchanged(marks.get(path), path, os.lstat(path)))
    return next(changed, "")


def _ends_whole(agent: str, path: str, place: Any) -> bool:
    """Whether a file was read to its last byte: a line that is cut off was not, nor what its adapter holds back since
    it may go on. Where the lines are the file's own, its last byte tells."""
    adapter = registry.adapter(agent)
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size
        if not size or adapter.lines is plain_lines:
            return not size or os.pread(file.fileno(), 1, size - 1) == b"\n"
    end, cut = int(place["offset"]), False
    for line in adapter.lines(path, end):
        end, cut = line.end, line.cut
    return end >= size and not cut


def _oldest(source: Source, marks: Marks) -> float | None:
    changed = [_changed_since(marks.get(path), path) for path in _paths(source)]
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
