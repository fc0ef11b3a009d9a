"""Which session a resumed or forked one came from, told by the prompts both hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.ops.reading.copies import Copy, copies

if TYPE_CHECKING:
    from gitml.ops.context import Context


def parents(context: Context) -> dict[str, str]:
    """{session_id: session_id of the one it continues}, for every session that holds another's chats.

    Of a chat that several sessions hold, the fold keeps the earliest; the others copied it. Where the copied chats are
    of several sessions (a resumed one was resumed again), the parent is the one that made the last of them.
    """
    last: dict[str, Copy] = {}
    for held in copies(context, "chats").values():
        first = min(held)
        for copy in held:
            newer = copy.session_id not in last or last[copy.session_id] < first
            if copy.session_id != first.session_id and newer:
                last[copy.session_id] = first
    return {session_id: first.session_id for session_id, first in last.items()}
