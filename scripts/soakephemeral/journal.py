"""What a machine did, told outside of it: a line is there once the call has returned, whatever is killed then."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


def note(path: Path, what: str, **more: Any) -> None:
    """Append one event, with the time by the clock all processes share."""
    line = json.dumps({"t": time.monotonic(), "what": what, **more}) + "\n"
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


def read(path: Path) -> list[dict[str, Any]]:
    """All events so far; keys ``t``, ``what``, and what was given."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


class Broken(Exception):
    """A promise does not hold."""
