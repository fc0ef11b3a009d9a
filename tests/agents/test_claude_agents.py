"""Sub-agents: in the main file, in files of their own, and as copies in progress records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.claude_files import SESSION, Record, Scribe, brief, put, read, said, source, to_bytes

from gitml.agents.registry import adapter
from gitml.model.events import SessionEvent

Told = list[tuple[str, str, Any, Any]]


def told(events: list[SessionEvent]) -> Told:
    """(kind, text, agent, parent tool) of each event of a sub-agent that has a text."""
    return [
        (event.kind, event.payload["text"], event.payload.get("agent_id"), event.payload.get("parent_tool_id"))
        for event in events
        if event.is_sidechain and "text" in event.payload
    ]


def inline(scribe: Scribe, parent: Record | None, **message: Any) -> Record:
    """A record of a chain inside the main file."""
    kind = message.pop("kind", "user")
    content = message.pop("content")
    uuid = parent["uuid"] if parent else None
    if kind == "user":
        return scribe.user(content, isSidechain=True, parentUuid=uuid)
    return scribe.assistant(*content, id=message.pop("id"), isSidechain=True, parentUuid=uuid)


def test_parallel_chains_in_the_main_file(tmp_path: Path) -> None:
    """1.0.x: two agents' records interleave; each keeps its own name, and the call whose prompt it was asked."""
    scribe = Scribe("1.0.60")
    calls = [scribe.call("toolu_1", "Task", prompt="look left"), scribe.call("toolu_2", "Task", prompt="look right ")]
    right = inline(scribe, None, content="look right")
    left = inline(scribe, None, content="look left")
    right_2 = inline(scribe, right, kind="assistant", content=[said("nothing right")], id="msg_r")
    left_2 = inline(scribe, left, kind="assistant", content=[said("a door left")], id="msg_l")
    odd = inline(scribe, None, content="asked by nobody")
    after = inline(scribe, left_2, content=[said("more left")])
    names = {key: "side-" + record["uuid"][:8] for key, record in (("l", left), ("r", right), ("o", odd))}
    assert told(read(tmp_path, [*calls, right, left, right_2, left_2, odd, after])) == [
        ("user", "look right", names["r"], "toolu_2"),
        ("user", "look left", names["l"], "toolu_1"),
        ("assistant", "nothing right", names["r"], "toolu_2"),
        ("assistant", "a door left", names["l"], "toolu_1"),
        ("user", "asked by nobody", names["o"], None),
        ("user", "more left", names["l"], "toolu_1"),
    ]


def test_two_agents_asked_the_same(tmp_path: Path) -> None:
    """Each of two calls with one prompt gets one of the two chains."""
    scribe = Scribe("1.0.60")
    calls = [scribe.call(f"toolu_{n}", "Task", prompt="look") for n in (1, 2)]
    events = read(tmp_path, [*calls, inline(scribe, None, content="look"), inline(scribe, None, content="look")])
    assert [parent for *_, parent in told(events)] == ["toolu_1", "toolu_2"]


def test_an_agent_is_announced_once(tmp_path: Path) -> None:
    """The first record of an agent in a file is preceded by its start, which has its type where that is known."""
    scribe = Scribe("1.0.60")
    call = scribe.call("toolu_1", "Task", prompt="look", subagent_type="Explore")
    root = inline(scribe, None, content="look")
    more = inline(scribe, root, kind="assistant", content=[said("so")], id="msg_s")
    starts = [event for event in read(tmp_path, [call, root, more]) if event.payload.get("subtype") == "agent_start"]
    assert [(event.payload["type"], event.payload["parent_tool_id"]) for event in starts] == [("Explore", "toolu_1")]


def progress(scribe: Scribe, message: Record, **data: Any) -> Record:
    return scribe.record(
        "progress",
        data={"type": "agent_progress", "agentId": "a0fa1c7", "prompt": "look", "message": message, **data},
        toolUseID="agent_msg_1",
        parentToolUseID="toolu_1",
    )


def test_copies_in_progress_records(tmp_path: Path) -> None:
    """Copies of a sub-agent's messages are told as copies, with its id and the call that started it, once each."""
    scribe = Scribe("2.1.38")
    usage = {"input_tokens": 3, "output_tokens": 4}
    asked = {
        "type": "user",
        "uuid": "u1",
        "timestamp": "2026-03-01T09:00:00.000Z",
        "message": {"content": [said("look")]},
    }
    answer = {
        "type": "assistant",
        "uuid": "u2",
        "timestamp": "2026-03-01T09:00:01.000Z",
        "requestId": "req_9",
        "message": {"id": "msg_9", "model": "m", "content": [said("a door")], "usage": usage},
    }
    records = [
        progress(scribe, asked),
        progress(scribe, answer),
        progress(scribe, answer),
        progress(scribe, {"type": "x"}),
    ]
    events = read(tmp_path, [*records, progress(scribe, asked | {"uuid": "u3"}, type="mcp_progress")])
    assert told(events) == [("user", "look", "a0fa1c7", "toolu_1"), ("assistant", "a door", "a0fa1c7", "toolu_1")]
    assert all(event.payload["copy"] is True and event.is_sidechain for event in events)
    assert events[1].payload["origin"] == "agent_prompt" and events[1].timestamp == "2026-03-01T09:00:00.000Z"
    assert events[2].payload["usage"]["output"] == 4 and events[2].payload["response"] == "msg_9"


def test_no_record_of_a_file_can_call_itself_a_copy(tmp_path: Path) -> None:
    """``copy`` and ``queued`` are the adapter's words; a copy in a file's own keys means nothing."""
    (event,) = read(tmp_path, [Scribe().assistant(said("x"), copy=True)])
    assert "copy" not in event.payload


def test_an_agents_own_file(tmp_path: Path) -> None:
    """Everything in an agent's file is that agent's, whatever its records say; its sidecar names its call and type."""
    scribe = Scribe()
    main = put(tmp_path, to_bytes([scribe.user("go")]))
    below = main.parent / SESSION / "subagents"
    below.mkdir(parents=True)
    other = Scribe()
    records = [other.user("look"), other.assistant(said("a door")), other.user([said("[Request interrupted by user]")])]
    (below / "agent-a0fa1c7d1e2f3a4b5.jsonl").write_bytes(to_bytes(records))
    meta = {"agentType": "Explore", "description": "x", "toolUseId": "toolu_1"}
    (below / "agent-a0fa1c7d1e2f3a4b5.meta.json").write_text(json.dumps(meta, indent=1))
    session = source(main, tmp_path)
    (agent,) = session.agents
    assert (agent.agent_id, agent.parent_tool_id, agent.type) == ("a0fa1c7d1e2f3a4b5", "toolu_1", "Explore")
    events = [event for step in adapter("claude").read(session, agent.path) for event in step.events]
    assert brief(events) == [
        ("system", "agent_start"),
        ("user", "agent_prompt"),
        ("assistant", "a door"),
        ("user", "interrupt"),
    ]
    assert {(event.is_sidechain, event.payload["agent_id"], event.payload["parent_tool_id"]) for event in events} == {
        (True, "a0fa1c7d1e2f3a4b5", "toolu_1")
    }
    assert [event.seq for event in events] == [0, 1, 2, 3]


AGENT_RESULTS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "finished": (
        {
            "status": "completed",
            "agentId": "a0fa1c7",
            "totalTokens": 9,
            "totalToolUseCount": 2,
            "totalDurationMs": 7,
            "usage": {"input_tokens": 1, "output_tokens": 2},
        },
        "done",
        {
            "id": "a0fa1c7",
            "type": "Explore",
            "async": False,
            "tokens": 9,
            "tool_uses": 2,
            "duration_ms": 7,
            "usage": {"input": 1, "output": 2, "cache_read": 0, "cache_write_5m": 0, "cache_write_1h": 0},
        },
    ),
    "launched": (
        {"isAsync": True, "status": "async_launched", "agentId": "a1"},
        "x",
        {"id": "a1", "type": "Explore", "async": True},
    ),
    "in the text alone": (
        None,
        [said("done"), said("agentId: a2 (for resuming)")],
        {"id": "a2", "type": "Explore", "async": False},
    ),
    "of 1.0": ({"totalTokens": 9}, "done", {"type": "Explore", "async": False, "tokens": 9}),
}


def test_what_a_sub_agents_result_says(tmp_path: Path) -> None:
    """Its id from the rich form or the text, its type from the call, its numbers where they are stated."""
    for number, (rich, content, expected) in enumerate(AGENT_RESULTS.values()):
        for name in ("Task", "Agent"):
            scribe = Scribe()
            call = scribe.call("toolu_1", name, prompt="look", subagent_type="Explore")
            events = read(tmp_path / f"{name}{number}", [call, scribe.result("toolu_1", content, rich)])
            assert events[-1].payload["agent"] == expected


def test_other_results_name_no_agent(tmp_path: Path) -> None:
    """A file that happens to hold "agentId: x" starts no agent."""
    scribe = Scribe()
    events = read(tmp_path, [scribe.call("toolu_1", "Read", file_path="a"), scribe.result("toolu_1", "agentId: a2")])
    assert "agent" not in events[-1].payload
