"""Opening a store to read it, with what git's hooks have noted since the last time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.ops.context import open_store
from gitml.ops.riding import pending
from gitml.ops.riding.commits import drain
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.ops.context import Context

LOCK_SECONDS = 0.2
"""Who only reads does not wait for an import."""


def open_current(folder: str) -> Context:
    """As ``open_store``; commits that are only noted become records first, where that can be done at once."""
    context = open_store(folder)
    if pending.waits(context.layout) and not context.paused:
        with suppress(GitmlError, OSError), hold(context.layout.lock, LOCK_SECONDS):
            drain(context)
    return context
