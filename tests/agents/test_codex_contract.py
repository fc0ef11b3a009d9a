"""Codex's adapter keeps the contract of all adapters, with both streams and with one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.adapter_contract import LinesContract, Place
from support.codex_files import Rollout, put

from gitml.agents.registry import adapter as registered

if TYPE_CHECKING:
    from gitml.agents.base import Adapter

PATCH = "*** Begin Patch\n*** Update File: src/a.py\n*** Move to: src/b.py\n@@\n-x\n+y\n*** End Patch"


def everything() -> Rollout:
    """A session that uses each part of the reader's memory: turns, models, tools of git, totals, a copied start."""
    made = Rollout()
    made.message("user", "<environment_context>\n  <cwd>/work/app</cwd>\n</environment_context>")
    made.turn("please look at the whole of it\u2028and mend it")
    made.told("token_count", info=None, rate_limits={"primary": None})
    made.item("reasoning", summary=[{"type": "summary_text", "text": "**Where to begin**"}], encrypted_content="xx")
    made.calls("call_1", "shell", command=["bash", "-lc", "git add -A && git commit --amend -m 'a change of plan'"])
    made.spends(100, 40, 20, 10)
    made.tells()
    printed = {"output": "[main abcdef1] a change of plan\n", "metadata": {"exit_code": 0, "duration_seconds": 0.2}}
    made.answers("call_1", json.dumps(printed))
    made.item("custom_tool_call", name="apply_patch", input=PATCH, call_id="call_2", status="completed")
    made.answers("call_2", "apply_patch verification failed: no such file", "custom_tool_call_output")
    made.item("ghost_snapshot", ghost_commit={"id": "0" * 40})
    made.says("It is mended, and the tests pass.")
    made.spends(300, 200, 30)
    made.told("task_complete", turn_id="x", last_agent_message="It is mended, and the tests pass.", duration_ms=77)
    made.add("compacted", {"message": "what came before, in short"})
    made.turn("and now something else altogether", model="gpt-5.2")
    made.told("user_message", message="while you are at it, mind the gap")
    made.item("web_search_call", status="completed", action={"type": "search", "query": "mind the gap"})
    made.told("turn_aborted", reason="interrupted")
    made.tells()
    return made


def told_once() -> Rollout:
    """A recording without any echo: prompts are among the items, beside what nobody typed."""
    made = Rollout()
    made.message("user", "# AGENTS.md instructions for /work/app\n\n<INSTRUCTIONS>be kind</INSTRUCTIONS>")
    made.message("user", "first of all, look around you")
    made.message("assistant", "I have looked around me.")
    made.message("user", "# Context from my IDE setup:\n\n## My request for Codex:\nand now do something\n")
    made.calls("call_1", "exec_command", cmd="ls -la", workdir="/work/app")
    head = "Chunk ID: 1\nWall time: 0.01 seconds\nProcess exited with code 2\nOutput:\n"
    made.answers("call_1", head + "no such thing here")
    made.add("turn_context", {"cwd": "/work/app", "model": "gpt-5-codex"})
    return made


class CodexContract(LinesContract):
    """The suite over Codex's files."""

    @pytest.fixture
    def adapter(self) -> Adapter:
        return registered("codex")

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "sessions"
        root.mkdir()
        return root

    @pytest.fixture
    def place(self) -> Place:
        return put


class TestCodex(CodexContract):
    """Both streams, as all real files have them."""

    @pytest.fixture
    def sample(self) -> bytes:
        return everything().data()

    @pytest.fixture
    def total(self) -> dict[str, int]:
        """The final total: 400 read, 240 of them from the cache, and 50 written."""
        return {"input": 160, "output": 50, "cache_read": 240, "cache_write_5m": 0, "cache_write_1h": 0}


class TestCodexWithoutEchoes(CodexContract):
    """The items alone, and totals at the end."""

    @pytest.fixture
    def sample(self) -> bytes:
        made = told_once()
        made.spends(10, 5, 2)
        return made.data()

    @pytest.fixture
    def total(self) -> dict[str, int]:
        return {"input": 5, "output": 2, "cache_read": 5, "cache_write_5m": 0, "cache_write_1h": 0}
