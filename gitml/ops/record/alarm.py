"""What a person must know about redaction: that it failed, or came too late. Told by ``status`` and ``doctor``."""

import json
import os
import time

from gitml.model.times import of_epoch
from gitml.redact.gate import seal_state, seal_words
from gitml.store.files import read_bytes, remove_files, write_atomic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.model.sealed import Sealed
    from gitml.store.layout import Layout

FAILED = "redaction-failed"
LATE = "redaction-late"


def failed(layout: "Layout", session_uid: str, error: Exception) -> None:
    """Note that nothing of a session was written because the engine failed. The error's kind only, no text."""
    words = {"timestamp": _now(), "session": session_uid, "error": type(error).__name__}
    _write(layout, FAILED, seal_words(words))


def worked(layout: "Layout") -> None:
    """Take the note back."""
    path = os.path.join(layout.local, FAILED)
    if os.path.exists(path):
        remove_files([path])


def late(layout: "Layout", session_uid: str, kinds: "list[str]", files: "list[str]") -> None:
    """Note tracked files that hold secrets which were recognised only later; files add up over the calls."""
    known = told(layout, LATE)
    files = sorted({*known.get("files", []), *(os.path.relpath(file, layout.root) for file in files)})
    kinds = sorted({*known.get("kinds", []), *kinds})
    _write(layout, LATE, seal_state({"timestamp": _now(), "session": session_uid, "kinds": kinds, "files": files}))


def told(layout: "Layout", name: str) -> "dict[str, Any]":
    """A note's content; {} where there is none."""
    try:
        value = json.loads(read_bytes(os.path.join(layout.local, name)))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(layout: "Layout", name: str, sealed: "Sealed") -> None:
    write_atomic(os.path.join(layout.local, name), sealed.data, 0o600)


def _now() -> str:
    return of_epoch(time.time())
