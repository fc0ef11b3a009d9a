"""`gitml session`: numbers, roles and signs by hand and by hooks, as processes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.registering import answer, gitml, hook, numbers

from gitml.ops.context import open_at
from gitml.ops.registry.roster import roster


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository that gitml records."""
    (repo / ".git" / "gitml").mkdir()
    return repo


def test_by_hand(store: Path) -> None:
    """The lowest free number; the same again for the same role; taken over with role and goal once it is free."""
    first = answer(store, "register", "--role", "backend", "--goal", "make it run")
    assert (first["number"], first["what"], first["pid"]) == (1, "registered", None)
    assert answer(store, "register", "--role", "frontend")["number"] == 2
    again = answer(store, "register", "--role", "backend")
    assert (again["number"], again["what"], again["goal"]) == (1, "unchanged", "make it run")
    assert numbers(store) == {1: "active", 2: "active"}
    answer(store, "end", "--number", "1")
    assert numbers(store) == {1: "inactive", 2: "active"}
    assert "make it run · ended" in gitml(store, "session", "list").stdout, "what may be taken over"
    over = answer(store, "register", "--number", "1", "--session", "s-1")
    assert (over["what"], over["role"], over["goal"]) == ("taken_over", "backend", "make it run")
    assert [row["session_id"] for row in answer(store, "list")] == ["s-1", ""]


def test_a_number_that_is_held_is_refused(store: Path) -> None:
    """One clear line: who has it, and what to do."""
    answer(store, "register", "--session", "s-1", "--role", "backend")
    done = gitml(store, "session", "register", "--number", "1", "--session", "s-2", code=1)
    assert done.stderr.startswith("error: number 1 (backend, claude s-1) is taken: active, in ")
    assert "hint: gitml session register" in done.stderr
    assert answer(store, "register", "--number", "1", "--session", "s-1")["what"] == "unchanged"


@pytest.mark.parametrize("session_id", ["ses_5nGxT0aB3kQz9LrYw2HcVd7P", "cse_01Jx9ZpQ7vKtN3mR8sWfYb2L", "A" * 200])
def test_ids_that_look_like_secrets(store: Path, session_id: str) -> None:
    """Redacted in the entry or not: one number a session, turn after turn, active for whoever asks."""
    for event in ("SessionStart", "Stop", "UserPromptSubmit", "SessionStart"):
        hook(store, event, session_id)
    assert numbers(store) == {1: "active"}
    assert answer(store, "register", "--session", session_id)["number"] == 1
    assert roster(open_at(str(store)), time.time()).active_session("claude", session_id)
    hook(store, "SessionEnd", session_id)
    assert numbers(store) == {1: "inactive"}
    assert gitml(store, "session", "register", "--agent", "x", code=2).stderr.startswith("error: --agent says")


def test_hooks_register_beat_and_end(store: Path) -> None:
    """A session's hooks show up in the list; the end of the session frees the number; resumed it has it again."""
    hook(store, "SessionStart", "s-1", agent_type="reviewer")
    hook(store, "SessionStart", "s-2")
    rows = answer(store, "list")
    assert [(row["number"], row["role"], row["session_id"]) for row in rows] == [
        (1, "reviewer", "s-1"),
        (2, "main", "s-2"),
    ]
    assert answer(store, "register", "--session", "s-2", "--role", "docs", "--goal", "write")["what"] == "changed"
    hook(store, "UserPromptSubmit", "s-2")
    hook(store, "Stop", "s-2")
    assert [(row["role"], row["goal"]) for row in answer(store, "list")] == [("reviewer", ""), ("docs", "write")]
    hook(store, "SessionEnd", "s-1")
    assert numbers(store) == {1: "inactive", 2: "active"}
    assert not roster(open_at(str(store)), 0.0).active_session("claude", "s-1")
    hook(store, "SessionStart", "s-1", source="resume")
    assert numbers(store) == {1: "active", 2: "active"}
