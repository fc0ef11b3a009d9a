"""Which session a person or a program means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.agents import registry
from gitml.ops.reading.find import session_of

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context


def session_named(context: Context, named: str) -> str:
    """The session_id of an id, of the unique beginning of one, of a session_uid, or of a transcript's path.

    The file need not be there any more. Raises NothingHere where no record is of that session, BadUsage where several
    are.
    """
    if os.sep in named or named.endswith((".jsonl", ".json")):
        return session_of(context, _in_file(named))
    return session_of(context, named)


def _at(adapter: Adapter, path: str) -> Source | None:
    try:
        return adapter.at(path, os.path.dirname(os.path.abspath(path)))
    except Exception:  # another package's adapter; one of gitml's own would have said None
        if adapter.name in registry.BUILT_IN:
            raise
        return None


def _in_file(path: str) -> str:
    for name in registry.names():
        source = _at(registry.adapter(name), path)
        if source is not None:
            return source.session_id
    return os.path.splitext(os.path.basename(path))[0]
