"""Taking a raw copy away for good, so that it is not captured again as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.redact.gate import seal_state
from gitml.store.lock import hold
from gitml.store.raw import kept, manifests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.model.sealed import Sealed
    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest


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
        return evict_all(context, [manifest])


def evict_all(context: Context, copies: Iterable[Manifest]) -> int:
    """The same of several, by their manifests, which must be those that lie there: the lock is held. Raises as it
    does."""
    return kept.drop(context.layout, [(copy["agent"], copy["session_id"], instead(copy)) for copy in copies])


def instead(copy: Manifest) -> Sealed:
    """The manifest that says that the copy was evicted."""
    named = {key: copy[key] for key in ("agent", "session_id")}
    return seal_state({"v": manifests.VERSION, **named, "evicted": kept.captured(copy)})
