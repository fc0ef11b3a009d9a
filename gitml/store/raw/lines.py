"""What a line has in common with its copies in resumed and forked sessions, and what is its own.

A copy has another session's id and, with older clients, other times. Both are taken out of the line before it is
hashed, and put back when it is read: byte for byte.
"""

from __future__ import annotations

import re

ID, TIME = b"\x01", b"\x02"
"""What stands for them. JSON escapes control characters, so that no line holds one."""

SHORTEST = 8
"""Characters of a session id that is taken out; a shorter one may be anything."""

_TIME = re.compile(rb'(?<="timestamp":")[0-9T:.Z+-]{20,35}(?=")')
_MARK = re.compile(rb"\x01|\x02")


def common(line: bytes, session_id: bytes) -> tuple[bytes, list[bytes]]:
    """The line without the session's id and its times, and those times. Raises ValueError for a line that holds a
    control character, which is no JSON."""
    if _MARK.search(line):
        raise ValueError("a control character in a line of JSON")
    times = _TIME.findall(line)
    if times:
        line = _TIME.sub(TIME, line)
    return (line.replace(session_id, ID) if len(session_id) >= SHORTEST else line), times


def whole(common: bytes, session_id: bytes, times: list[bytes]) -> bytes:
    """The line or lines that this was made of. Raises ValueError where there are too few or too many times."""
    rest = iter(times)
    try:
        text = _MARK.sub(lambda mark: session_id if mark[0] == ID else next(rest), common)
    except RuntimeError:  # StopIteration in a callback comes out as one, or as itself
        raise ValueError("too few times") from None
    except StopIteration:
        raise ValueError("too few times") from None
    if next(rest, None) is not None:
        raise ValueError("too many times")
    return text
