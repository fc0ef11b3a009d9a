"""Which session a person or a program means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.agents import registry
from gitml.agents.claims import of_file
from gitml.ops.reading.find import session_of

if TYPE_CHECKING:
    from gitml.ops.context import Context


def session_named(context: Context, named: str) -> str:
    """The session_id of an id, of the unique beginning of one, of a session_uid, or of a transcript's path.

    The file need not be there any more. Raises NothingHere where no record is of that session, BadUsage where several
    are.
    """
    if os.sep in named or named.endswith((".jsonl", ".json")):
        return session_of(context, _in_file(named))
    return session_of(context, named)


def _in_file(path: str) -> str:
    found = of_file((registry.adapter(name) for name in registry.names()), path)
    return found[1].session_id if found is not None else os.path.splitext(os.path.basename(path))[0]
