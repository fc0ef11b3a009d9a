"""As much of a session's id as tells it from others, for people to read and to type."""

from __future__ import annotations

from gitml.derive.naming import UUID

RANDOM, TIMED = 8, 13
"""Characters: of a random id; of one that begins with the time, to the millisecond (version 7), of which the first
eight are the same for all that began within a minute."""


def prefix(session_id: str) -> str:
    """The beginning that commands take for the whole. Of what is no UUID with nothing behind it, the whole id."""
    found = UUID.match(session_id)
    if found is None:
        return session_id
    return session_id[: TIMED if found[1] == "7" else RANDOM]
