"""Records of any shape: nothing in a transcript can make the reader raise, and what it says stays sane."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.adapter_contract import in_pieces
from support.claude_files import Record, Scribe, put, said, source, to_bytes

from gitml.agents.fields import COUNT_MAX
from gitml.agents.registry import adapter
from gitml.model.events import KINDS, ORIGINS, STATUSES, SessionEvent

CLAUDE = adapter("claude")

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=True),
    st.text(max_size=12),
    st.sampled_from(
        [
            "user",
            "assistant",
            "tool_use",
            "tool_result",
            "text",
            "<command-name>",
            "<bash-input>",
            "\ud800",
            "<ide_selection>",
            "[Request interrupted by user]",
            "toolu_1",
            "Task",
            "Bash",
            "git commit",
            "a" * 300,
        ]
    ),
)
KEYS = st.sampled_from(["type", "text", "content", "id", "message", "usage", "input", "uuid", "error", "kind", "x"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


def templates() -> list[Record]:
    """One record of every type and form that the reader looks into."""
    scribe = Scribe("2.1.100")
    rich = {
        "stdout": "[main abcdef1] x",
        "stderr": "",
        "interrupted": False,
        "durationMs": 3,
        "filePath": "a",
        "file": {"filePath": "b"},
        "gitOperation": {"commit": {"sha": "abcdef1", "kind": "amended"}, "push": {"branch": "b"}},
        "agentId": "a1",
        "isAsync": True,
        "totalTokens": 3,
        "usage": {"input_tokens": 3},
    }
    message = {"type": "assistant", "uuid": "u", "message": {"id": "msg_2", "content": [said("x")], "usage": {}}}
    usage = {"input_tokens": 3, "cache_creation": {"ephemeral_1h_input_tokens": 3}, "iterations": [{}]}
    return [
        scribe.user("go", origin={"kind": "human"}, promptSource="typed", forkedFrom={"sessionId": "s"}),
        scribe.user([said("go"), {"type": "image"}], isMeta=False, isCompactSummary=False),
        scribe.assistant({"type": "thinking", "thinking": "x"}, said("y"), usage=usage, stop="end_turn", error="x"),
        scribe.assistant(said("API Error"), model="<synthetic>", isApiErrorMessage=True),
        scribe.call("toolu_1", "Task", prompt="look", subagent_type="Explore"),
        scribe.call("toolu_2", "Bash", command="git -C x commit --amend && git push"),
        scribe.record("user", isSidechain=True, parentUuid=None, message={"content": "look"}),
        scribe.result("toolu_1", [said("agentId: a1")], rich, is_error=True),
        scribe.result("toolu_2", "Exit code 2", rich, is_error=False),
        scribe.record(
            "progress", data={"type": "agent_progress", "agentId": "a1", "message": message}, parentToolUseID="t"
        ),
        scribe.record(
            "attachment", attachment={"type": "queued_command", "prompt": [said("x")], "commandMode": "prompt"}
        ),
        scribe.record("system", subtype="compact_boundary", compactMetadata={"trigger": "auto", "preTokens": 3}),
        scribe.record("system", subtype="api_error", error={"error": {"error": {"type": "x", "message": "y"}}}),
        scribe.record("system", subtype="local_command", content="<command-name>/x</command-name>"),
        {"type": "queue-operation", "operation": "enqueue", "content": "x", "timestamp": "t"},
        {"type": "queue-operation", "operation": "remove"},
        {"type": "summary", "summary": "x", "leafUuid": "y"},
        {"type": "pr-link", "prUrl": "u"},
    ]


TEMPLATES = templates()


def slots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in inner:
        yield (*path, key)
        yield from slots(member, (*path, key))


@st.composite
def odd_records(draw: st.DrawFn) -> Record:
    """A record with some of its places filled with anything."""
    record = copy.deepcopy(draw(st.sampled_from(TEMPLATES)))
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from(list(slots(record))))
        inner: Any = record
        for key in way:
            inner = inner[key]
        inner[last] = draw(VALUES)
    return record


def encoded(record: Any) -> bytes:
    return json.dumps(record).encode()  # lone surrogates as escapes, as a client writes them


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(odd_records(), min_size=1, max_size=6), every=st.integers(1, 3))
def test_records_of_any_shape(tmp_path: Path, records: list[Record], every: int) -> None:
    """No value in any place raises; events keep their contract's types, and reading in pieces stays exact."""
    session = source(put(tmp_path, to_bytes([encoded(record) for record in records])), tmp_path)
    reader = CLAUDE.read(session, session.path)
    events = [event for step in reader for event in step.events]
    assert reader.damage == [] and CLAUDE.cwds(session) is not None
    for event in events:
        sane(event)
    assert repr(in_pieces(CLAUDE, session, every, False)) == repr(events)  # as text: NaN is not itself
    json.dumps(reader.state()).encode()


def sane(event: SessionEvent) -> None:
    payload = event.payload
    assert event.kind in KINDS and isinstance(event.is_sidechain, bool)
    assert all(isinstance(text, str) for text in (event.timestamp, event.uuid, event.parent_uuid))
    for name in (
        "text",
        "cwd",
        "branch",
        "version",
        "agent_id",
        "parent_tool_id",
        "tool_id",
        "name",
        "model",
        "response",
        "stop_reason",
        "pushed",
        "subtype",
        "category",
        "source",
        "trigger",
        "url",
        "foreign_session",
        "forked_from",
    ):
        assert isinstance(payload.get(name, ""), str), name
    for name in ("images", "duration_ms", "exit_code", "pre_tokens"):
        assert 0 <= payload.get(name, 0) < COUNT_MAX
    assert isinstance(payload.get("input", {}), dict) and all(
        isinstance(path, str) for path in payload.get("files", [])
    )
    assert event.kind != "user" or payload["origin"] in ORIGINS
    assert event.kind != "tool_result" or payload["status"] in STATUSES
    for usage in (payload.get("usage", {}), payload.get("agent", {}).get("usage", {})):
        assert all(0 <= number < COUNT_MAX for number in usage.values())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
def test_lines_of_any_value(tmp_path: Path, value: Any) -> None:
    """A line may hold any JSON at all."""
    session = source(put(tmp_path, encoded(value) + b"\n" + to_bytes([Scribe().user("x")])), tmp_path)
    events = [event for step in CLAUDE.read(session, session.path) for event in step.events]
    assert events and events[-1].payload.get("text") == "x"


def test_deep_but_legal(tmp_path: Path) -> None:
    """Nesting as deep as the parser takes is read; deeper is damage; neither raises."""
    for depth, known in ((300, True), (50_000, False)):
        record = encoded(Scribe().call("toolu_1", "Bash", x="@")).replace(b'"@"', b"[" * depth + b"]" * depth)
        session = source(put(tmp_path, record + b"\n"), tmp_path)
        reader = CLAUDE.read(session, session.path)
        assert bool([event for step in reader for event in step.events]) is known is not bool(reader.damage)
