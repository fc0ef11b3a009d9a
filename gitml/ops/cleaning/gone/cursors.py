"""Cursors of sessions whose transcripts are gone, main file and sub-agents' files: nothing will be read on from there.

Should a transcript come back, it is read from its start: records have the same ids and bytes, so what the store has is
not written again. A session that was resumed under another id has a cursor of its own.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.errors import GitmlError
from gitml.model.digest import hexhash
from gitml.ops.cleaning import transcripts
from gitml.ops.cleaning.gone.part import remove
from gitml.ops.record.ingest import LOCKS
from gitml.ops.record.running import find_session
from gitml.ops.registry.roster import Roster, roster
from gitml.store.files import entries, plain_name, read_bytes
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.ops.cleaning.gone.part import Look
    from gitml.ops.cleaning.item import Item, Wanted
    from gitml.ops.context import Context

SUFFIX = ".json"
GONE = "its transcript is gone"
Cursor = dict[str, Any]


def look(looking: Look) -> Iterator[Item]:
    """Every cursor."""
    running = roster(looking.context, looking.now)
    for folder in entries(looking.context.layout.cursors):
        if not folder.is_dir(follow_symlinks=False):
            continue
        for entry in entries(folder.path):
            if entry.name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                yield _item(looking, running, folder.name, entry)


def take(context: Context, item: Item) -> int:
    """Nobody may be reading the session now. Raises Busy, Changed, GitmlError, OSError."""
    folder, name = item.subject.split(os.sep)[-2:]
    agent, cursor = plain_name(folder) or "", _read(item.path)
    session_id = _session(name, cursor)
    number = int(hexhash(f"{agent}:{session_id}", 4), 16) % LOCKS
    with hold(os.path.join(context.layout.local, "locks", f"{number:02d}"), 0.0):
        why = _there(cursor) or ("it is back" if find_session(agent, session_id) is not None else "")
        why = why or ("it is active" if roster(context, time.time()).active_session(agent, session_id) else "")
        if why:
            raise GitmlError(f"its session: {why}", where=item.path)
        return remove(context, item)


def _item(looking: Look, running: Roster, folder: str, entry: os.DirEntry[str]) -> Item:
    agent, plain = plain_name(folder) or "", plain_name(entry.name.removesuffix(SUFFIX))
    needed = _present(looking.wanted, agent, plain) if plain else ""
    if not needed:  # few are read: most transcripts are where they were
        cursor = _read(entry.path)
        session_id = _session(entry.name, cursor)
        needed = "its session is active" if running.active_session(agent, session_id) else ""
        needed = needed or _there(cursor) or _present(looking.wanted, agent, session_id)
    return looking.item("cursors", entry.path, entry.stat(follow_symlinks=False), GONE, needed)


def _read(path: str) -> Cursor | None:
    try:
        cursor = json.loads(read_bytes(path))
    except (OSError, ValueError, RecursionError):
        return None
    return cursor if isinstance(cursor, dict) else None


def _session(name: str, cursor: Cursor | None) -> str:
    """Empty where nobody can tell: the file name holds a long id cut, and the cursor is damaged."""
    uid = (cursor or {}).get("uid")
    told = uid.partition(":")[2] if isinstance(uid, str) else ""
    return told or plain_name(name.removesuffix(SUFFIX)) or ""


def _there(cursor: Cursor | None) -> str:
    """Why one of the files that it marks may still be there."""
    for path in _marked(cursor):
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            return f"its transcript cannot be looked at: {error}"
        return "its transcript is there"
    return ""


def _marked(cursor: Cursor | None) -> Iterator[str]:
    agents = (cursor or {}).get("agents")
    for place in ((cursor or {}).get("main"), *(agents.values() if isinstance(agents, dict) else ())):
        path = place.get("path") if isinstance(place, dict) else None
        if isinstance(path, str):
            yield path


def _present(wanted: Wanted, agent: str, session_id: str) -> str:
    """Why the session may be anywhere in its agent's folders: transcripts move."""
    if not session_id:
        return "it does not say whose it is (gitml verify --repair)"
    if not registry.knows(agent):
        return "of an agent that is not known here"
    here = transcripts.of(wanted).ids(agent)
    if here is None:
        return "its agent's folder cannot be looked at"
    return "its transcript is there" if session_id in here else ""
