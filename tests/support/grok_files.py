"""Grok CLI's files as its published source describes them; all of it made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gitml.agents.base import Source
from gitml.agents.registry import adapter
from gitml.model.events import SessionEvent

SESSION = "019e0000-0000-7000-8000-000000000001"
PROJECT = "/work/my app"
START = 1_772_359_200
Record = dict[str, Any]


class Scribe:
    """Makes records of one session with a running clock and number."""

    def __init__(self, session: str = SESSION) -> None:
        self.session = session
        self.count = 0

    def update(self, kind: str, ours: bool = False, meta: Record | None = None, **own: Any) -> Record:
        """One line. ``ours``: in the agent's own words, not those of the protocol."""
        self.count += 1
        clock = {"agentTimestampMs": (START + self.count) * 1000 + 7}
        noted = {"eventId": f"{self.session}-{self.count}", "promptId": "p-1", "totalTokens": 1000, **clock}
        params = {"sessionId": self.session, "update": {"sessionUpdate": kind, **own}, "_meta": noted | (meta or {})}
        method = "_x.ai/session/update" if ours else "session/update"
        return {"timestamp": START + self.count, "method": method, "params": params}

    def user(self, text: str, number: int | None = None) -> Record:
        told = {"modelId": "grok-made-up", **({"promptIndex": number} if number is not None else {})}
        return self.update("user_message_chunk", content={"type": "text", "text": text}, _meta=told)

    def answer(self, *texts: str) -> list[Record]:
        return [self.update("agent_message_chunk", content={"type": "text", "text": text}) for text in texts]

    def thought(self, *texts: str) -> list[Record]:
        return [self.update("agent_thought_chunk", content={"type": "text", "text": text}) for text in texts]

    def call(self, id: str, name: str, **given: Any) -> Record:
        named = {"x.ai/tool": {"name": name}}
        return self.update(
            "tool_call", toolCallId=id, title=name, status="pending", rawInput=given or None, _meta=named
        )

    def result(self, id: str, text: str, status: str = "completed", **own: Any) -> Record:
        content = [{"type": "content", "content": {"type": "text", "text": text}}]
        return self.update("tool_call_update", toolCallId=id, status=status, content=content, **own)

    def printed(self, id: str, text: str, code: int = 0, **own: Any) -> Record:
        """What a command printed: as text, and as the numbers of its bytes."""
        raw = {"type": "Bash", "output": list(text.encode()), "exit_code": code, "timed_out": False, **own}
        return self.result(id, text, rawOutput=raw)

    def done(self, prompt: str = "p-1", stop: str = "end_turn", **usage: Any) -> Record:
        own = {"usage": usage} if usage else {}
        return self.update("turn_completed", True, prompt_id=prompt, stop_reason=stop, **own)


def rows(records: list[Any]) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def put(root: Path, data: bytes, *, cwd: str = PROJECT, session: str = SESSION, **summary: Any) -> Path:
    """Write a session where the client would. Without ``cwd`` in its summary: that comes from the folder's name."""
    folder = root / quote(cwd, safe="") / session
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(json.dumps({"info": {"id": session}, **summary}, indent=2))
    path = folder / "updates.jsonl"
    path.write_bytes(data)
    return path


def source(path: Path, root: Path) -> Source:
    found = adapter("grok").at(str(path), str(root))
    assert found is not None
    return found


def events(path: Path, root: Path) -> list[SessionEvent]:
    session = source(path, root)
    return [event for step in adapter("grok").read(session, session.path) for event in step.events]
