"""Claude Code's adapter keeps the contract of all adapters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.adapter_contract import LinesContract, Place
from support.claude_files import SESSION, Record, Scribe, put, said, to_bytes

from gitml.agents.registry import adapter as registered

if TYPE_CHECKING:
    from gitml.agents.base import Adapter


def everything() -> bytes:
    """A session that uses each part of the reader's memory: tools, agents, chains, the queue, compaction, replays."""
    scribe = Scribe("2.1.38")
    queue = {"type": "queue-operation", "sessionId": SESSION, "timestamp": "2026-03-01T10:00:30.000Z"}
    first = scribe.user("please look at the whole of it\u2028and mend it")
    thinking = {"type": "thinking", "thinking": "hm, where do I begin", "signature": "c2ln"}
    lines: list[Record | bytes] = [
        {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}, "isSnapshotUpdate": False},
        {"type": "summary", "summary": "an earlier afternoon", "leafUuid": "nowhere"},
        first,
        scribe.assistant(thinking, id="msg_a"),
        scribe.assistant(said("I will see to it"), id="msg_a"),
        scribe.call("toolu_1", "Bash", command="git add -A && git commit --amend -m 'a change of plan'"),
        scribe.record("progress", data={"type": "bash_progress", "output": "…"}, toolUseID="t"),
        {**queue, "operation": "enqueue", "content": "and mind the tests, please"},
        scribe.result("toolu_1", "[main abcdef1] a change of plan", {"stdout": "[main abcdef1] a change of plan"}),
        {**queue, "operation": "remove"},
        scribe.call("toolu_2", "Task", prompt="search for every mention", subagent_type="Explore"),
        scribe.record("user", message={"content": "search for every mention"}, isSidechain=True, parentUuid=None),
        scribe.assistant(said("it is mentioned twice"), id="msg_side", isSidechain=True),
        first,
        scribe.result("toolu_2", [said("it is mentioned twice")], {"status": "completed", "totalTokens": 9}),
        scribe.record("system", subtype="compact_boundary", compactMetadata={"trigger": "auto", "preTokens": 5}),
        scribe.user("This session is being continued from before", isCompactSummary=True),
        scribe.assistant(said("going on then"), id="msg_b", stop="end_turn"),
        scribe.record("system", subtype="turn_duration", durationMs=77),
    ]
    return to_bytes(lines)


class TestClaude(LinesContract):
    """The suite over Claude Code's files."""

    made_up_ids = True
    repeats = True

    @pytest.fixture
    def adapter(self) -> Adapter:
        return registered("claude")

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "projects"
        root.mkdir()
        return root

    @pytest.fixture
    def sample(self) -> bytes:
        return everything()

    @pytest.fixture
    def total(self) -> dict[str, int]:
        """Five responses, a sub-agent's among them, of the Scribe's numbers each."""
        return {"input": 5, "output": 10, "cache_read": 20, "cache_write_5m": 15, "cache_write_1h": 0}

    @pytest.fixture
    def place(self) -> Place:
        return put
