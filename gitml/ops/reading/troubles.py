"""The local log, for errors nobody foresaw."""

from __future__ import annotations

import os

from gitml.git import where as locations
from gitml.ops.context import layout_of


def note(folder: str, text: str) -> str | None:
    """Put ``text`` into the clone's log, redacted. Its path, or None where there is no store. Never raises."""
    try:
        where = locations.find(folder)
        if where is None:
            return None
        layout = layout_of(where)
        if not os.path.isdir(layout.local):
            return None
        from gitml.redact.gate import seal_state
        from gitml.store import log

        log.note(layout, seal_state({"level": "error", "trace": text}))
        return os.path.join(layout.logs, "gitml.log")
    except Exception:  # the error that brought us here is the one to tell, not this one
        return None
