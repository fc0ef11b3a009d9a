"""What a session's record is called."""

import re

from gitml.model.digest import hexhash

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
SHORT = 8


def record_id(started: str, session_id: str) -> str:
    """``2026-11-20_13a84f73``: the day it began, and eight characters that tell it from the others of that day."""
    return f"{started[:10] or '0000-00-00'}_{_short(session_id)}"


def _short(session_id: str) -> str:
    """The first characters of a random id, the last of one that begins with the time (version 7: all that began in one
    minute begin alike), the hash of anything else that is longer."""
    found = UUID.match(session_id)
    if found is not None:
        return session_id[-SHORT:] if found[1] == "7" else session_id[:SHORT]
    return session_id if len(session_id) <= SHORT else hexhash(session_id, SHORT)
