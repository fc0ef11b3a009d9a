"""The adapter over real chats, counted a second time in the plainest way. Skips where they are absent."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from support.gemini_files import put, rows, source

from gitml.agents.gemini.names import is_chat
from gitml.agents.registry import adapter
from gitml.model.events import USAGE_KEYS

SAMPLE = Path(os.environ.get("GITML_TRANSCRIPTS") or Path(__file__).parents[3] / "shared" / "transcripts") / "gemini"
FILES = sorted(SAMPLE.glob("*.json"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"no sample of real chats in {SAMPLE}")

EXPECTED = {
    "session-1.json": {"user": 2, "gemini": 4, "thoughts": 6, "calls": 2, "total": 49267},
    "session-2.json": {"user": 2, "gemini": 2, "thoughts": 4, "calls": 1, "total": 24329},
    "session-3.json": {"user": 1, "gemini": 11, "thoughts": 15, "calls": 9, "total": 133187, "info": 1},
    "session-4.json": {"warning": 1},
    "standard_session.json": {"user": 2, "gemini": 2},
}
"""Counted by hand, with jq."""


def counted(path: Path) -> Counter[str]:
    """What stands in a file: messages by type, thoughts, tool calls, tokens."""
    found: Counter[str] = Counter()
    for message in json.loads(path.read_bytes())["messages"]:
        found[message["type"]] += 1
        found["thoughts"] += len(message.get("thoughts", []))
        found["calls"] += len(message.get("toolCalls", []))
        found["total"] += message.get("tokens", {}).get("total", 0)
    return +found


def read(path: Path, root: Path) -> Counter[str]:
    """The same from the adapter's events."""
    session = source(path, root)
    events = [event for step in adapter("gemini").read(session, session.path) for event in step.events]
    found = Counter(event.payload["subtype"] for event in events if event.kind == "system")
    found["user"] = sum(event.kind == "user" for event in events)
    found["gemini"] = len({event.payload["response"] for event in events if "response" in event.payload})
    found["thoughts"] = sum(event.kind == "thinking" for event in events)
    found["calls"] = sum(event.kind == "tool_use" for event in events)
    results = [event.payload["tool_id"] for event in events if event.kind == "tool_result"]
    assert len(results) == len(set(results)) == found["calls"]
    newest = {event.payload["response"]: event.payload["usage"] for event in events if "usage" in event.payload}
    found["total"] = sum(usage[key] for usage in newest.values() for key in USAGE_KEYS)
    return +found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_all_that_stands_there_and_no_more(path: Path, tmp_path: Path) -> None:
    """Every message, thought, tool call and token of a real chat, each once; and as JSONL the same."""
    assert counted(path) == EXPECTED[path.name]
    whole = json.loads(path.read_bytes())
    document = put(tmp_path / "tmp", path.read_bytes(), session=whole["sessionId"])
    assert read(document, tmp_path / "tmp") == counted(path)
    messages = whole.pop("messages")
    halves = [{**message, "toolCalls": [], "tokens": None} for message in messages]
    twice = [line for both in zip(halves, messages, strict=True) for line in both]
    lines = put(tmp_path / "tmp", rows([whole, *twice]), session=whole["sessionId"], minute="2026-04-01T10-00")
    document.unlink()
    assert read(lines, tmp_path / "tmp") == counted(path)


def test_names_of_real_chats_are_chats(tmp_path: Path) -> None:
    """A real file's name is one, a checkpoint's and the list of prompts are none."""
    assert is_chat("session-2026-01-10T02-08-faff42ab.json") and is_chat("session-2026-04-10T02-08-faff42ab.jsonl")
    assert not [name for name in ("logs.json", "checkpoint-a.json", "session-a.txt", "session-.json") if is_chat(name)]
