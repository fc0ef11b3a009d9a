"""Taking a raw copy away for good, so that it is not captured again as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.redact.gate import seal_state
from gitml.store.lock import hold
from gitml.store.raw import kept, manifests

if TYPE_CHECKING:
    from gitml.ops.context import Context


def evict(context: Context, agent: str, session_id: str) -> int:
    """Drop a session's raw copy and remember how much of its source it held: captured again is only what grew beyond
    that. Returns the bytes freed; 0 where there is no copy. Raises Busy, OSError, Damaged.

    Asks and tells nobody: that its digest is there and verified, and that the lifecycle says ``evicted`` (or
    ``data_loss``) before this is called, is the caller's part.
    """
    with hold(context.layout.lock):
        manifest = manifests.load(context.layout, agent, session_id)
        if manifest is None or "evicted" in manifest:
            return 0
        gone = {
            "v": manifests.VERSION,
            "agent": agent,
            "session_id": session_id,
            "evicted": kept.captured(manifest),
        }
        return kept.drop(context.layout, [(agent, session_id, seal_state(gone))])
