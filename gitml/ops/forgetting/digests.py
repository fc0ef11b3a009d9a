"""Digests quote their sessions: where something of a session is forgotten, its digest is made again without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.ops.digesting import plan as digesting
from gitml.ops.reading import views
from gitml.ops.reading.copies import copies

if TYPE_CHECKING:
    from gitml.ops.context import Context

Record = dict[str, Any]


class Quoting:
    """Digests that may quote what is to be forgotten: ``digests`` {id: session_id} · ``copies``: (chats, uuid,
    session_id) of each chat that a resumed session with a digest holds a copy of. Such a copy gets a tombstone of its
    own, so that every clone can tell by the session alone that its digest is to be made again."""

    __slots__ = ("copies", "digests")

    def __init__(self, context: Context, records: list[tuple[str, Record]]) -> None:
        known = {str(each.get("id")): str(each.get("session_id")) for each in views.records(context, "digests")}
        own = {str(record.get("session_id")) for _, record in records}
        held = copies(context, "chats") if known else {}
        keys = [str(record.get("uuid")) for stream, record in records if stream == "chats"]
        others = [(key, copy.session_id) for key in keys for copy in held.get(key, ()) if copy.session_id not in own]
        self.copies = sorted(("chats", key, other) for key, other in set(others) if other in known.values())
        touched = own.union(other for _, _, other in self.copies)
        self.digests = {id: session_id for id, session_id in known.items() if session_id in touched}


def again(context: Context, session_ids: list[str], now: float) -> None:
    """Make the digests of these sessions anew, once the tombstones are written.

    Where that is cut off, ``gitml digest`` does it: it sees that more is forgotten than the digest knows of. Raises
    Busy, OSError; GitmlError where one could not be made: then the old one may still be in what is tracked.
    """
    if not session_ids:
        return
    report = digesting.apply(context, digesting.plan(context, now, named=session_ids), now)
    if report.errors:
        failed = f"what is forgotten may still be in a digest: {'; '.join(report.errors)}"
        raise GitmlError(failed, hint="gitml digest")
