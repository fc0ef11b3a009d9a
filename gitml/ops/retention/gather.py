"""What the planner has to know, read from the store: every raw copy, what it takes, and what became of its session."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from gitml.model import times
from gitml.ops.lifecycle.safety import Safety
from gitml.ops.retention.held import Held
from gitml.store.raw import kept, manifests

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.raw.kept import Kept


def gather(context: Context, now: float, tried: Collection[str] = (), safety: Safety | None = None) -> list[Held]:
    """Every session with a raw copy; ``tried``: the uids of those of which a digest could not be made just now. A copy
    whose session no record tells of has no digest, and is over when its last word is. ``safety``: where that was read
    just now. Raises OSError."""
    safety = safety or Safety(context, now)
    sessions = {str(session.get("session_uid")): session for session in safety.sessions}
    return [_held(context, copy, sessions.get(copy.uid), safety, tried) for copy in kept.sessions(context.layout)]


def _held(context: Context, copy: Kept, session: dict[str, Any] | None, safety: Safety, tried: Collection[str]) -> Held:
    last = max(copy.updated_at, str((session or {}).get("updated_at") or "")) or _written(copy)
    known = session or {"session_uid": copy.uid, "session_id": copy.session_id}
    flaw = safety.flaw(known, copy.stated) if session else "no record tells of it"
    return Held(
        copy.uid,
        times.millis(last) / 1000,
        _objects(context, copy),
        flaw,
        safety.active({**known, "updated_at": last}),
        safety.of(copy.session_id).stage,
        bool(flaw) and copy.uid in tried,
        copy.raw_sha256,
    )


def _written(copy: Kept) -> str:
    """When the main file was last written, for a transcript without a time in it: one that has just begun."""
    nanoseconds = copy.manifest["files"][0]["source"].get("mtime") if copy.manifest["files"] else None
    return times.of_epoch(nanoseconds / 1e9) if isinstance(nanoseconds, int) else ""


def _objects(context: Context, copy: Kept) -> dict[str, int]:
    """{name: bytes} of its pieces, and of what names them."""
    path = manifests.path_of(context.layout, copy.agent, copy.session_id)
    return {path: os.path.getsize(path), **copy.sizes}
