"""The raw copy that a person asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.errors import BadUsage, NothingHere
from gitml.ops.reading.find import session_of
from gitml.store.raw import manifests, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest


def shown(context: Context, prefix: str) -> Manifest:
    """The copy of the session that ``prefix`` means: the beginning of its id, or of a record's in it.

    A copy is found by its own id as well, where no record of the session is in this work tree. Raises NothingHere,
    BadUsage where several are meant, Damaged, OSError.
    """
    every = list(manifests.every(context.layout))
    session_id = _meant(context, prefix, [str(copy["session_id"]) for copy in every])
    copy = next((copy for copy in every if copy["session_id"] == session_id), None)
    if copy is not None and "evicted" in copy:
        raise NothingHere(f"the raw copy of {session_id} was evicted", hint=f"gitml show {session_id}")
    if copy is None:
        raise NothingHere(f"there is no raw copy of {session_id} in this clone", hint="gitml sync")
    return copy


def text(context: Context, copy: Manifest, agents: bool) -> Iterator[bytes]:
    """Its main file, or with ``agents`` all of its text, in blocks. Raises Damaged, OSError."""
    return reading.text(context.layout, copy, None if agents else copy["files"][0]["name"])


def _meant(context: Context, prefix: str, kept: list[str]) -> str:
    try:
        return session_of(context, prefix)
    except NothingHere:
        found = [session_id for session_id in kept if prefix and session_id.startswith(prefix)]
        if not found:
            raise
    if len(found) > 1 and prefix not in found:
        raise BadUsage(f"`{prefix}` fits {len(found)} raw copies", hint="give more of the id")
    return prefix if prefix in found else found[0]
