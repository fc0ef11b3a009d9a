"""Claude Code's files as its versions write them, record by record; all of it made up."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gitml.agents.base import Source
from gitml.agents.registry import adapter
from gitml.model.events import SessionEvent

SESSION = "11111111-2222-4333-8444-555555555555"
Record = dict[str, Any]


class Scribe:
    """Makes records of one version with a chain of uuids and a running clock."""

    def __init__(self, version: str = "2.1.38", session: str = SESSION, **envelope: Any) -> None:
        self.version = version
        self.session = session
        self.envelope = envelope
        self.count = 0
        self.parent: str | None = None

    def record(self, type: str, **own: Any) -> Record:
        self.count += 1
        made = {
            "parentUuid": self.parent,
            "isSidechain": False,
            "userType": "external",
            "cwd": "/work/app",
            "sessionId": self.session,
            "version": self.version,
            "gitBranch": "main",
            "type": type,
            "uuid": f"{self.count:08x}-0000-4000-8000-{zlib.crc32(self.session.encode()):012d}",
            "timestamp": f"2026-03-01T10:{self.count // 60 % 60:02d}:{self.count % 60:02d}.000Z",
            **self.envelope,
            **own,
        }
        self.parent = made["uuid"]
        return made

    def user(self, content: Any, **own: Any) -> Record:
        return self.record("user", message={"role": "user", "content": content}, **own)

    def assistant(self, *content: Record, id: str = "msg_1", usage: Any = None, stop: Any = None, **own: Any) -> Record:
        numbers = {
            "input_tokens": 1,
            "output_tokens": 2,
            "cache_creation_input_tokens": 3,
            "cache_read_input_tokens": 4,
        }
        message = {
            "id": id,
            "role": "assistant",
            "model": own.pop("model", "claude-opus-4-6"),
            "content": list(content),
            "stop_reason": stop,
            "usage": numbers if usage is None else usage,
        }
        return self.record("assistant", message=message, requestId=own.pop("requestId", "req_1"), **own)

    def call(self, tool_id: str, name: str, **given: Any) -> Record:
        return self.assistant({"type": "tool_use", "id": tool_id, "name": name, "input": given}, id=f"msg_{tool_id}")

    def result(self, tool_id: str, content: Any = "done", rich: Any = None, **block: Any) -> Record:
        own = {} if rich is None else {"toolUseResult": rich}
        return self.user([{"type": "tool_result", "tool_use_id": tool_id, "content": content, **block}], **own)


def said(text: str) -> Record:
    return {"type": "text", "text": text}


def to_bytes(records: Iterable[Record | bytes]) -> bytes:
    """Records as lines; bytes are taken as a line that is already written (a newline is added)."""
    lines = [one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode() for one in records]
    return b"".join(line + b"\n" for line in lines)


def put(root: Path, data: bytes, session: str = SESSION, slug: str = "-work-app") -> Path:
    path = root / slug / f"{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def source(path: Path, root: Path) -> Source:
    found = adapter("claude").at(str(path), str(root))
    assert found is not None
    return found


def read(root: Path, records: Iterable[Record | bytes]) -> list[SessionEvent]:
    """Every event of a session made of these records."""
    session = source(put(root, to_bytes(records)), root)
    return [event for step in adapter("claude").read(session, session.path) for event in step.events]


def brief(events: Iterable[SessionEvent]) -> list[tuple[str, str]]:
    """(kind, what matters most of it) of each event."""
    keys = {
        "user": "origin",
        "tool_use": "name",
        "tool_result": "status",
        "system": "subtype",
        "summary": "source",
        "compaction": "trigger",
        "error": "category",
    }
    return [(event.kind, str(event.payload[keys.get(event.kind, "text")])) for event in events]
