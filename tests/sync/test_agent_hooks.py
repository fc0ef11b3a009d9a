"""`gitml hook codex|gemini|cursor`: git's side is looked after whichever agent calls, and nothing is printed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Git
from support.calling import SESSION, SHAPES, call, cursor, gemini, grok
from support.transcript import varied

from gitml.ops.context import open_at
from gitml.store.fold import fold

STARTS = {"grok": "SessionStart", "codex": "SessionStart", "gemini": "SessionStart", "cursor": "sessionStart"}
ENDS = {
    "codex": ("Stop", "SubagentStop", "PreCompact", "Interrupt", "SessionEnd", "UserPromptSubmit"),
    "gemini": ("AfterAgent", "BeforeAgent", "AfterTool", "PreCompress", "SessionEnd"),
    "grok": ("Stop", "SubagentStop", "PreCompact", "SessionEnd", "UserPromptSubmit"),
    "cursor": ("stop", "beforeSubmitPrompt", "afterAgentResponse", "preCompact", "sessionEnd"),
}
EACH = [(agent, event) for agent, events in ENDS.items() for event in (STARTS[agent], *events)]


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository that gitml records, with a commit that its hook noted and nobody has taken in yet."""
    (repo / ".git" / "gitml").mkdir()
    return repo


def note_commit(store: Path, git: Git) -> str:
    sha = git(store, "rev-parse", "HEAD").strip()
    (store / ".git" / "gitml" / "commits.pending").write_text(f"made {sha} main - main\n")
    return sha


def commits(store: Path) -> list[str]:
    return [record["id"] for record in fold(open_at(str(store)).layout, "commits").records()]


def soon(what: Any) -> bool:
    deadline = time.monotonic() + 10
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(what())


@pytest.mark.parametrize(("agent", "event"), EACH)
def test_commits_become_records_at_every_event(store: Path, git: Git, agent: str, event: str) -> None:
    """Whichever agent calls, and whether or not its session is there to read; nothing is printed."""
    sha = note_commit(store, git)
    assert call(agent, store, SHAPES[agent](store, event)).stdout == b""
    assert soon(lambda: commits(store) == [sha])


@pytest.mark.parametrize("agent", SHAPES)
@pytest.mark.parametrize("given", [b"", b"{", b"[]", b'{"hook_event_name": 5}', b"\xef\xbb\xbf{}", b"[" * 10**5])
def test_odd_input_is_survived(store: Path, agent: str, given: bytes) -> None:
    """Exit code 0, and not a byte for the agent to choke on."""
    assert call(agent, store, given).stdout == b""


@pytest.mark.parametrize("agent", SHAPES)
def test_events_that_are_nobodys_business(store: Path, git: Git, agent: str) -> None:
    """What was not registered does nothing."""
    note_commit(store, git)
    call(agent, store, SHAPES[agent](store, "preToolUse"))
    assert commits(store) == []


@pytest.mark.parametrize("agent", SHAPES)
def test_outside_a_store_nothing_is_made(repo: Path, agent: str) -> None:
    """Hooks at user level fire everywhere."""
    call(agent, repo, SHAPES[agent](repo, STARTS[agent]))
    assert not (repo / ".git" / "gitml").exists()


def test_a_byte_order_mark_before_the_payload(store: Path, git: Git) -> None:
    """Cursor's command line puts one there on some systems."""
    sha = note_commit(store, git)
    call("cursor", store, b"\xef\xbb\xbf" + json.dumps(cursor(store, "stop")).encode())
    assert commits(store) == [sha]


def test_a_cursor_session_is_no_claude_session(store: Path, home: Path, git: Git) -> None:
    """Cursor runs what stands in .claude/settings.json: the payload tells, and no transcript is taken for Claude's."""
    made = varied(SESSION, turns=2, cwd=str(store.resolve()))
    projects = home / ".claude" / "projects"
    projects.mkdir(parents=True)
    path = made.write(projects)
    sha = note_commit(store, git)
    call("claude", store, cursor(store, "stop", transcript_path=str(path)))
    assert list(fold(open_at(str(store)).layout, "chats").records()) == []
    assert commits(store) == [sha]
    assert sorted(mark.name for mark in (store / ".git/gitml").glob("last-*worked")) == ["last-cursor-hook-worked"]


def test_what_cursor_runs_twice_is_done_once(store: Path, git: Git) -> None:
    """Where Cursor has hooks of gitml's own, those in Claude Code's settings leave it to them."""
    (store / ".cursor").mkdir()
    (store / ".cursor" / "hooks.json").write_text('{"hooks": {"stop": [{"command": "gitml hook cursor"}]}}')
    sha = note_commit(store, git)
    call("claude", store, cursor(store, "stop"))
    assert commits(store) == []
    call("cursor", store, cursor(store, "stop"))
    assert commits(store) == [sha]


def test_hooks_that_gemini_copied_from_claude(store: Path, git: Git) -> None:
    """`gemini hooks migrate` leaves `gitml hook claude` in Gemini's settings: it is Gemini's session all the same."""
    sha = note_commit(store, git)
    call("claude", store, gemini(store, "AfterAgent"), {"GEMINI_SESSION_ID": SESSION})
    assert commits(store) == [sha]


@pytest.mark.parametrize("command", ["claude", "cursor"])
def test_grok_runs_the_hooks_of_others(store: Path, git: Git, command: str) -> None:
    """The variable it sets tells; where it has hooks of gitml's own, those do it."""
    sha = note_commit(store, git)
    call(command, store, grok(store, "Stop"), {"GROK_SESSION_ID": SESSION})
    assert commits(store) == [sha]
    marks = sorted(mark.name for mark in (store / ".git/gitml").glob("last-*worked"))
    assert marks == []  # there is no session of it to read
    (store / ".git" / "gitml" / "last-hook").unlink()
    (store / ".grok" / "hooks").mkdir(parents=True)
    (store / ".grok" / "hooks" / "gitml.json").write_text("gitml hook grok")
    call(command, store, grok(store, "Stop"), {"GROK_SESSION_ID": SESSION})
    assert not (store / ".git" / "gitml" / "last-hook").exists()


def test_what_grok_says_after_the_end_is_no_sign_of_life(store: Path) -> None:
    """A last Stop comes behind SessionEnd, for the shutdown."""
    call("grok", store, grok(store, "Stop", reason="shutdown"))
    assert not (store / ".git" / "gitml" / "last-hook").exists()


def test_a_failure_is_told_under_the_agents_name(store: Path) -> None:
    """Also where the command says another."""
    (store / ".git" / "gitml" / "raw").mkdir()
    (store / ".git" / "gitml" / "commits.pending").mkdir()
    call("claude", store, cursor(store, "stop"))
    log = (store / ".git" / "gitml" / "logs" / "gitml.log").read_text().splitlines()
    assert json.loads(log[-1])["hook"] == "cursor"
