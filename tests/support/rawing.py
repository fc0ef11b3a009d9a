"""Raw copies of made-up sessions, and what they must hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.ingesting import SESSION, take

from gitml.agents import registry
from gitml.ops.context import Context
from gitml.ops.raw.capture import capture
from gitml.store.raw import manifests, reading
from gitml.store.raw.manifests import Manifest


def captured(context: Context, projects: Path, session_id: str = SESSION) -> bool:
    """Sync the session and capture it. Whether anything was written."""
    take(context, projects, session_id)
    return again(context, projects, session_id)


def again(context: Context, projects: Path, session_id: str = SESSION) -> bool:
    """Capture it without a sync; its transcript may be gone."""
    adapter = registry.adapter("claude")
    source = adapter.locate(session_id, str(projects))
    return capture(context, adapter, "claude", session_id, source)


def copy_of(context: Context, session_id: str = SESSION) -> Manifest:
    found = manifests.load(context.layout, "claude", session_id)
    assert found is not None
    return found


def text_of(context: Context, session_id: str = SESSION, name: str | None = None) -> bytes:
    return b"".join(reading.text(context.layout, copy_of(context, session_id), name))


def values(text: bytes) -> list[Any]:
    """What the lines say."""
    return [json.loads(line) for line in text.split(b"\n") if line]


def resumed(lines: list[bytes], old: str, new: str, shift: int = 3600) -> list[bytes]:
    """A copy of a session's lines as a resumed one has them: its own id, other times, everything else the same."""
    made = []
    for line in lines:
        record = json.loads(line)
        if "timestamp" in record:
            record["timestamp"] = (
                f"2026-02-01T{len(made) // 3600 % 24:02d}:{len(made) // 60 % 60:02d}:00.{shift:04d}"[:23] + "Z"
            )
        made.append(json.dumps(record, ensure_ascii=False).encode().replace(old.encode(), new.encode()) + b"\n")
    return made
