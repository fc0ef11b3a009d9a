"""Gemini CLI's files in both layouts; all of it made up."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from gitml.agents.base import Source
from gitml.agents.registry import adapter
from gitml.model.events import SessionEvent

SESSION = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
PROJECT = "/work/app"
MINUTE = "2026-03-01T10-00"
Record = dict[str, Any]


def hash_of(path: str) -> str:
    """What the client calls a project where it has no name for it."""
    return sha256(path.encode()).hexdigest()


def clock(second: int) -> str:
    return f"2026-03-01T10:{second // 60:02d}:{second % 60:02d}.000Z"


def head(session: str = SESSION, project: str = PROJECT, **more: Any) -> Record:
    times = {"startTime": clock(0), "lastUpdated": clock(0)}
    return {"sessionId": session, "projectHash": hash_of(project), **times, **more}


def message(kind: str, number: int, content: Any, **more: Any) -> Record:
    return {"id": f"m{number:07d}-0000", "timestamp": clock(number), "type": kind, "content": content, **more}


def user(number: int, content: Any, **more: Any) -> Record:
    return message("user", number, content, **more)


def answer(number: int, content: Any = "", tokens: Any = None, **more: Any) -> Record:
    return message("gemini", number, content, tokens=tokens, **{"model": "gemini-made-up", "thoughts": [], **more})


def tokens(given: int, output: int, cached: int = 0, thoughts: int = 0, tool: int = 0) -> Record:
    total = given + output + thoughts + tool
    return {"input": given, "output": output, "cached": cached, "thoughts": thoughts, "tool": tool, "total": total}


def thought(subject: str, words: str) -> Record:
    return {"subject": subject, "description": words, "timestamp": clock(2)}


def call(id: str, name: str, output: str = "done", status: str = "success", **args: Any) -> Record:
    key = "output" if status == "success" else "error"
    response = {"functionResponse": {"id": id, "name": name, "response": {key: output}}}
    return {"id": id, "name": name, "args": args, "result": [response], "status": status, "timestamp": clock(50)}


def document(messages: list[Record], **told: Any) -> bytes:
    """One pretty-printed JSON document, as the client writes it: without a newline at its end."""
    return json.dumps({**head(), **told, "messages": messages}, indent=2, ensure_ascii=False).encode()


def rows(records: list[Any]) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def put(root: Path, data: bytes, *, name: str = "app", session: str = SESSION, minute: str = MINUTE) -> Path:
    """Write a chat where the client would, in the layout that the bytes have, with the project's path beside it."""
    suffix = "json" if data.startswith(b"{\n") else "jsonl"
    folder = root / name / "chats"
    folder.mkdir(parents=True, exist_ok=True)
    marker = root / name / ".project_root"
    if not marker.exists():
        marker.write_text(PROJECT)
    path = folder / f"session-{minute}-{session[:8]}.{suffix}"
    path.write_bytes(data)
    return path


def source(path: Path, root: Path) -> Source:
    found = adapter("gemini").at(str(path), str(root))
    assert found is not None
    return found


def events(path: Path, root: Path) -> list[SessionEvent]:
    session = source(path, root)
    return [event for step in adapter("gemini").read(session, session.path) for event in step.events]
