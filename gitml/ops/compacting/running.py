"""Which parts belong to sessions that are running: those stay as they are until the sessions are over.

Nothing would be lost by folding them; it is that nothing touches what somebody is at work on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gitml.ops.registry.roster import roster

if TYPE_CHECKING:
    from gitml.git.listing import Blobs
    from gitml.ops.compacting.tip import Tip
    from gitml.ops.context import Context

BLOCK = 1024 * 1024


def running(context: Context, now: float) -> list[str]:
    """The ids of the sessions that hold a number here at ``now`` (seconds since 1970). On a machine that only compacts
    there are none."""
    return sorted({holder.session_id for holder in roster(context, now).active if holder.session_id})


def parts_of(sessions: list[str], tip: Tip, blobs: Blobs, parts: Iterable[str]) -> list[str]:
    """Which of the parts name one of the sessions. Their bytes are searched, not parsed: a fraction of what folding
    them takes, and nothing where no session runs. Raises OSError."""
    if not sessions:
        return []
    pattern = re.compile(b'"(?:%s)"' % b"|".join(re.escape(session.encode()) for session in sessions))
    overlap = max(map(len, sessions)) + 2
    return [
        name
        for name in parts
        if any(_found(pattern, overlap, blobs, tip.blobs[path]) for path in tip.parts[name].values())
    ]


def _found(pattern: re.Pattern[bytes], overlap: int, blobs: Blobs, blob: str) -> bool:
    with blobs.open(blob) as file:
        tail = b""
        while block := file.read(BLOCK):
            if pattern.search(tail + block):
                return True
            tail = block[-overlap:]
    return False
