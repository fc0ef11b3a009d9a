"""Codex's rollouts as its versions write them, record by record; all of it made up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gitml.agents.base import Source
from gitml.agents.registry import adapter
from gitml.model.events import SessionEvent

SESSION = "019c4b43-1451-7af3-be4c-5576369bf1ba"
Record = dict[str, Any]


class Rollout:
    """Makes records with a running clock, and totals that grow. ``version`` is told by the first record."""

    def __init__(self, session: str = SESSION, cwd: str = "/work/app", **meta: Any) -> None:
        self.session = session
        self.cwd = cwd
        self.clock = 0
        self.turns = 0
        self.totals = {"input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0, "reasoning_output_tokens": 0}
        self.lines: list[Record] = []
        began = {"id": session, "cwd": cwd, "originator": "codex_cli_rs", "cli_version": "0.99.0", "source": "cli"}
        git = {"commit_hash": "0" * 40, "branch": "topic/one"}
        self.add("session_meta", {**began, "instructions": None, "git": git, **meta})

    def add(self, type: str, payload: Record) -> None:
        self.clock += 1
        stamp = f"2026-03-01T{self.clock // 3600:02d}:{self.clock // 60 % 60:02d}:{self.clock % 60:02d}.000Z"
        self.lines.append({"timestamp": stamp, "type": type, "payload": payload})

    def item(self, type: str, **payload: Any) -> None:
        self.add("response_item", {"type": type, **payload})

    def told(self, type: str, **payload: Any) -> None:
        self.add("event_msg", {"type": type, **payload})

    def message(self, role: str, text: str) -> None:
        kind = "output_text" if role == "assistant" else "input_text"
        self.item("message", role=role, content=[{"type": kind, "text": text}])

    def turn(self, prompt: str, model: str = "gpt-5-codex") -> None:
        """A turn begins, as versions with turn ids write it: told before, and beside the item."""
        self.turns += 1
        turn_id = f"{self.turns:08x}-{self.session[9:]}"
        self.told("task_started", turn_id=turn_id, model_context_window=272_000)
        self.add("turn_context", {"turn_id": turn_id, "cwd": self.cwd, "model": model, "summary": "auto"})
        self.message("user", prompt)
        self.told("user_message", message=prompt, images=[])

    def says(self, text: str) -> None:
        self.told("agent_message", message=text)
        self.message("assistant", text)

    def calls(self, call_id: str, name: str, **given: Any) -> None:
        self.item("function_call", name=name, arguments=json.dumps(given), call_id=call_id)

    def answers(self, call_id: str, output: Any, kind: str = "function_call_output") -> None:
        self.item(kind, call_id=call_id, output=output)

    def spends(self, input: int, cached: int, output: int, reasoning: int = 0) -> None:
        """Totals grow by this much. ``input`` includes what was cached, ``output`` the reasoning."""
        names = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
        last = dict(zip(names, (input, cached, output, reasoning), strict=True))
        for key, value in last.items():
            self.totals[key] += value
        self.tells(last)

    def tells(self, last: Record | None = None) -> None:
        """The totals as they stand; once more, where nothing was added."""
        totals = {**self.totals, "total_tokens": self.totals["input_tokens"] + self.totals["output_tokens"]}
        last = last or dict.fromkeys(self.totals, 0)
        self.told("token_count", info={"total_token_usage": totals, "last_token_usage": last}, rate_limits={})

    def data(self) -> bytes:
        return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in self.lines)

    def put(self, root: Path) -> Path:
        """Write it where Codex would, below its ``sessions``."""
        return put(root, self.data(), self.session)


def put(root: Path, data: bytes, session: str = SESSION) -> Path:
    path = root / "2026" / "03" / "01" / f"rollout-2026-03-01T10-00-00-{session}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def source(path: Path, root: Path) -> Source:
    found = adapter("codex").at(str(path), str(root))
    assert found is not None
    return found


def events(root: Path, rollout: Rollout | Iterable[Record]) -> list[SessionEvent]:
    """Every event of a session made of these records."""
    lines = rollout.lines if isinstance(rollout, Rollout) else rollout
    path = put(root, b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    found = source(path, root)
    return [event for step in adapter("codex").read(found, found.path) for event in step.events]
