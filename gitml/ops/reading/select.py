"""Some lines of a stream, by an id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.errors import NothingHere
from gitml.model.jsonl import decode
from gitml.ops.reading import views
from gitml.ops.reading.find import find, sessions_with
from gitml.ops.reading.linked import Commits

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.reading.views import View

Record = dict[str, Any]


def lines(context: Context, view: View, prefix: str) -> list[bytes]:
    """The lines of ``view`` that ``prefix`` names: a record, all of a session, or what a commit's session holds.

    Raises NothingHere where nothing does, BadUsage where the prefix fits several ids.
    """
    try:
        found = find(context, prefix, [view.stream])
    except NothingHere:
        found = find(context, prefix)
    if found.kind == "session":
        wanted = _of_session(context, view.stream, found.id)
    elif found.stream == view.stream:
        wanted = {found.id}
    else:
        around = sessions_with(context, found)
        wanted = {id for session_id in around for id in _of_session(context, view.stream, session_id)}
    chosen = [line for line in view.lines if str(decode(line).get("id")) in wanted]
    if not chosen:
        raise NothingHere(f"no {view.stream} for {found!r}", hint=f"gitml cat {view.stream}")
    return chosen


def _of_session(context: Context, stream: str, session_id: str) -> set[str]:
    """Ids of a stream's records that belong to a session; its commits are told from either side."""
    if stream != "commits":
        mine = (record for record in views.records(context, stream) if record.get("session_id") == session_id)
        return {str(record.get("id")) for record in mine}
    sessions, chats = (
        [record for record in views.records(context, name) if record.get("session_id") == session_id]
        for name in ("sessions", "chats")
    )
    record = sessions[0] if sessions else {"session_id": session_id}
    return {str(commit["id"]) for commit in Commits(views.records(context, "commits")).of(record, chats)}
