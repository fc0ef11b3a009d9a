"""What ``gitml forget`` is asked to take out: told exactly, because it does not come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.errors import BadUsage, NothingHere
from gitml.model.streams import COPY_KEY
from gitml.ops.reading import views
from gitml.ops.reading.copies import copies
from gitml.ops.reading.find import Found, find

if TYPE_CHECKING:
    from gitml.ops.context import Context

Record = dict[str, Any]
SHORTEST = 8
"""Characters of an id that are needed here: ``gitml forget c --yes`` must not take whatever begins with a c."""

WITH_A_CHAT = ("actions", "orchestration")
BY_TIME = ("chats", "actions", "orchestration")


class Chosen:
    """``records``: (stream, record) to hide · ``sessions``: session ids to hide whole · ``roots``: of those, what was
    asked for, each as (what to call it, the texts that tell it in a file)."""

    __slots__ = ("records", "roots", "sessions")

    def __init__(self) -> None:
        self.records: list[tuple[str, Record]] = []
        self.sessions: list[str] = []
        self.roots: list[tuple[str, list[str]]] = []

    def add(self, stream: str, record: Record) -> None:
        """One record, unless it is there."""
        if not any(other == stream and known.get("id") == record.get("id") for other, known in self.records):
            self.records.append((stream, record))


def by_ids(context: Context, ids: tuple[str, ...]) -> Chosen:
    """The records of these ids; a chat takes the tool calls and sub-agents in it along.

    Raises NothingHere, BadUsage (an id too short, that fits several, of a session, or of a tombstone).
    """
    chosen = Chosen()
    for id in ids:
        found = _exactly(context, id)
        if found.kind == "session":
            raise BadUsage(f"`{id}` is a session", hint=f"gitml forget --session {id}")
        record = next((one for one in views.records(context, found.stream) if one.get("id") == found.id), None)
        if record is None:  # the disk failed, or somebody else has just forgotten it
            raise NothingHere(f"`{id}` cannot be read any more", hint="gitml status")
        if record.get("to") == "tombstone":
            raise BadUsage(f"`{id}` is a tombstone: what keeps forgotten things away cannot be forgotten")
        _with_its_own(context, chosen, found.stream, record)
    return chosen


def by_session(context: Context, prefix: str) -> Chosen:
    """Everything of one session. Raises NothingHere, BadUsage (too short, fits several, or no session)."""
    found = _exactly(context, prefix)
    if found.kind != "session":
        raise BadUsage(f"`{prefix}` is no session but one of its records", hint=f"gitml forget {prefix}")
    chosen = Chosen()
    chosen.sessions.append(found.id)
    chosen.roots.append((found.id, [found.id]))
    for stream in views.names(context):
        for record in views.stream(context, stream).records():
            if record.get("session_id") == found.id and record.get("to") != "tombstone":
                chosen.records.append((stream, record))
    return chosen


def by_time(context: Context, since: str, until: str) -> Chosen:
    """Chats, tool calls and sub-agents from ``since`` to ``until`` (normal timestamps, both included), and the records
    of sessions that lie whole in between. Raises NothingHere, BadUsage where the end comes first."""
    if since > until:
        raise BadUsage(f"{since} comes after {until}")
    chosen = Chosen()
    for record in views.records(context, "sessions"):
        ended = str(record.get("ended_at") or "~")
        if since <= str(record.get("started_at") or "") and ended <= until:
            _with_its_own(context, chosen, "sessions", record)
    for stream in BY_TIME:
        for record in views.records(context, stream):
            if since <= str(record.get("timestamp") or "") <= until:
                _with_its_own(context, chosen, stream, record)
    if not chosen.records:
        raise NothingHere(f"nothing from {since} to {until}", hint="gitml list")
    return chosen


def targets(context: Context, chosen: Chosen) -> list[tuple[str, str, str]]:
    """(stream, target, session_id) of each tombstone that is needed.

    A record by its id, and by what the fold tells its copies by, so that the copy in a resumed session goes with it.
    A whole session is one tombstone, beside one for each chat of it: a session resumed from it, taken in later,
    would bring them back under its own name. Its tool calls are told one by one only where copies are known.
    """
    found = [("*", session_id, session_id) for session_id in chosen.sessions]
    copied = {stream: copies(context, stream) if chosen.sessions else {} for stream in COPY_KEY}
    for stream, record in chosen.records:
        session_id, key = str(record.get("session_id") or ""), str(record.get(COPY_KEY.get(stream, "id")) or "")
        if session_id not in chosen.sessions:
            found.append((stream, str(record.get("id")), session_id))
        if stream == "chats" or key in copied.get(stream, {}):
            found.append((stream, key, session_id))
    return [target for target in dict.fromkeys(found) if target[1]]


def _exactly(context: Context, id: str) -> Found:
    found = find(context, id, views.names(context))
    if len(id) < SHORTEST and id != found.id:
        raise BadUsage(f"`{id}` is too short to forget by", hint=f"give at least {SHORTEST} characters of {found.id}")
    return found


def _with_its_own(context: Context, chosen: Chosen, stream: str, record: Record) -> None:
    id = str(record.get("id"))
    chosen.add(stream, record)
    chosen.roots.append((id, [id, *([str(record["uuid"])] if record.get("uuid") else [])]))
    if stream != "chats":
        return
    for other in WITH_A_CHAT:
        for member in views.records(context, other):
            if member.get("chat_id") == id and member.get("session_id") == record.get("session_id"):
                chosen.add(other, member)
