"""`gitml hook codex|gemini` with transcripts: sessions are recorded as Claude Code's are, within each agent's limit."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from support import codex_files, gemini_files
from support.calling import call, codex, cursor, gemini
from support.persisting import shared
from support.transcript import Transcript

from gitml.ops.context import open_at
from gitml.ops.record.answer import TOLD
from gitml.store.fold import fold

OTHER = "0f90a82c-3dfd-41a8-a1ae-c05bca8a8ba6"


CODEX = codex_files.SESSION


def rollout(store: Path, home: Path, *words: str) -> Path:
    """A session of Codex in which it said these words, each in a turn of its own."""
    made = codex_files.Rollout(cwd=str(store))
    for word in words:
        made.turn(f"say {word}")
        made.says(word)
    return made.put(home / ".codex" / "sessions")


@pytest.fixture
def store(repo: Path) -> Path:
    (repo / ".git" / "gitml").mkdir()
    return repo


def outputs(store: Path) -> dict[str, str]:
    """Prompt to answer of every chat."""
    return {chat["input"]: chat["output"] for chat in fold(open_at(str(store)).layout, "chats").records()}


def seconds_of(store: Path, path: Path, words: str) -> float:
    """How long the hook took at a turn's end."""
    started = time.monotonic()
    fire(store, "AfterAgent", path, prompt_response=words)
    return time.monotonic() - started


def soon(what: Any, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(what())


def said(number: int, words: str) -> list[Any]:
    return [gemini_files.user(number, [{"text": f"say {words}"}]), gemini_files.answer(number + 1, words)]


def turn(store: Path, home: Path, *words: str, minute: str = gemini_files.MINUTE, first: int = 0) -> Path:
    """A chat of Gemini CLI in which it said these words, each in a turn of its own."""
    records = [
        gemini_files.head(project=str(store)),
        *(one for n, word in enumerate(words) for one in said(first + n * 9, word)),
    ]
    return gemini_files.put(home / ".gemini" / "tmp", gemini_files.rows(records), minute=minute)


def fire(store: Path, event: str, path: Path | str, **more: Any) -> bytes:
    payload = gemini(store, event, session_id=gemini_files.SESSION, transcript_path=str(path), **more)
    return call("gemini", store, payload).stdout


def test_a_turn_of_gemini(store: Path, home: Path) -> None:
    """At its end it is recorded, and not again; status and log say that its hook works."""
    path = turn(store, home, "hello")
    assert fire(store, "AfterAgent", path, prompt="say hello", prompt_response="hello") == b""
    assert outputs(store) == {"say hello": "hello"}
    assert (store / ".git" / "gitml" / "last-gemini-hook-worked").exists()
    turn(store, home, "hello", "again")
    for event in ("AfterAgent", "AfterAgent", "PreCompress"):
        fire(store, event, path, prompt_response="again")
    assert outputs(store) == {"say hello": "hello", "say again": "again"}


@pytest.mark.parametrize("named", [True, False])
def test_a_turn_of_codex(store: Path, home: Path, named: bool) -> None:
    """Whether the payload names the file or says null: then it is found by its id."""
    path = rollout(store, home, "hello")
    more = {"transcript_path": str(path) if named else None, "session_id": CODEX}
    assert call("codex", store, codex(store, "Stop", last_assistant_message="hello", **more)).stdout == b""
    assert outputs(store) == {"say hello": "hello"}
    rollout(store, home, "hello", "again")
    for event in ("SessionEnd", "Interrupt"):
        call("codex", store, codex(store, event, **more))
    assert soon(lambda: outputs(store) == {"say hello": "hello", "say again": "again"})
    assert (store / ".git" / "gitml" / "last-codex-hook-worked").exists()


def test_codex_home_elsewhere(store: Path, tmp_path: Path) -> None:
    """As the variable says, and a file in the usual place is none of that Codex's."""
    rollout(store, tmp_path / "moved", "hello")
    (tmp_path / "moved" / ".codex").rename(tmp_path / "codex")
    call("codex", store, codex(store, "Stop", session_id=CODEX))
    assert outputs(store) == {}
    call("codex", store, codex(store, "Stop", session_id=CODEX), {"CODEX_HOME": str(tmp_path / "codex")})
    assert outputs(store) == {"say hello": "hello"}


def test_codex_that_took_the_hooks_of_claude_codes_plugin(store: Path, home: Path) -> None:
    """Told by the transcript's name: it is Codex's session."""
    path = rollout(store, home, "hello")
    call("claude", store, codex(store, "Stop", session_id=CODEX, transcript_path=str(path)))
    assert outputs(store) == {"say hello": "hello"}
    (session,) = fold(open_at(str(store)).layout, "sessions").records()
    assert session["agent"] == "codex"


def test_codex_run_with_gitml_off_stays_out(store: Path, home: Path) -> None:
    """As a whole, also when somebody syncs afterwards."""
    rollout(store, home, "hello")
    call("codex", store, codex(store, "Stop", session_id=CODEX), {"GITML": "off"})
    call("codex", store, codex(store, "Stop", session_id=CODEX))
    assert outputs(store) == {}


def test_the_end_of_a_session_of_gemini_goes_on_without_its_caller(store: Path, home: Path) -> None:
    """Nobody waits for it: what it has to do is done by a process of its own."""
    path = turn(store, home, "bye")
    fire(store, "SessionEnd", path, reason="exit")
    assert soon(lambda: outputs(store) == {"say bye": "bye"})
    assert soon(lambda: any((store / ".git" / "gitml" / "raw").rglob("*")))


def test_gemini_is_not_made_to_wait_for_words_that_it_never_writes(store: Path, home: Path) -> None:
    """What it calls the response are the pieces of all its messages with spaces between them; its file is complete."""
    path = turn(store, home, "hello there")
    words = "hel lo the re\nand what it had said before"
    assert any(seconds_of(store, path, words) < TOLD for _ in range(5))  # a busy machine may be slow once
    assert outputs(store) == {"say hello there": "hello there"}


def test_a_session_that_was_cleared_goes_on_in_another_file(store: Path, home: Path) -> None:
    """It keeps its id, and the payload names the file."""
    fire(store, "AfterAgent", turn(store, home, "before"))
    later = turn(store, home, "after", minute="2026-03-01T11-30", first=500)
    fire(store, "AfterAgent", later)
    assert outputs(store) == {"say before": "before", "say after": "after"}


def test_a_file_of_another_session_is_not_read_for_this_one(store: Path, home: Path, tmp_path: Path) -> None:
    """Neither one that lies outside the agent's folder, nor one within it under another id."""
    path = turn(store, home, "hello")
    outside = tmp_path / path.name
    outside.write_bytes(path.read_bytes())
    call("gemini", store, gemini(store, "AfterAgent", session_id=OTHER, transcript_path=str(path)))
    path.unlink()
    fire(store, "AfterAgent", outside)
    for odd in ("", "..", ".", "/", "x/../y", "a" * 5000):
        call("gemini", store, gemini(store, "AfterAgent", session_id=odd, transcript_path=str(outside)))
    assert outputs(store) == {}


def test_no_hook_of_an_agent_that_is_not_read_records(store: Path, home: Path) -> None:
    """[agents] enabled leaves it out; git's side goes on."""
    (store / ".git-ml").mkdir()
    (store / ".git-ml" / "config.toml").write_text('[agents]\nenabled = ["claude"]\n')
    fire(store, "AfterAgent", turn(store, home, "hello"))
    assert outputs(store) == {}


def test_an_agents_session_that_nobody_ended_is_taken_in_by_another_agents_start(store: Path, home: Path) -> None:
    """A kill fires no hook; what was read before and grew is looked after, whichever agent starts."""
    fire(store, "AfterAgent", turn(store, home, "one"))
    turn(store, home, "one", "two")
    call("cursor", store, cursor(store, "sessionStart"))
    assert soon(lambda: outputs(store) == {"say one": "one", "say two": "two"})


def test_a_session_is_told_of_those_before_it(store: Path, home: Path) -> None:
    """Where the repository wants that: as JSON, which is all that Codex and Gemini CLI take."""
    made = Transcript(gemini_files.SESSION, str(store.resolve()))
    made.prompt("say hello")
    made.says("hello")
    path = made.write(home / ".claude" / "projects")
    claude = {"session_id": made.session_id, "cwd": str(store), "hook_event_name": "Stop", "transcript_path": str(path)}
    call("claude", store, claude)
    (store / ".git-ml").mkdir(exist_ok=True)
    (store / ".git-ml" / "config.toml").write_text("[context]\nenabled = true\n")
    told = []
    for agent, shape in (("codex", codex), ("gemini", gemini)):
        done = call(agent, store, shape(store, "SessionStart", session_id=OTHER, source="startup"))
        told.append(json.loads(done.stdout)["hookSpecificOutput"])
    assert [one["hookEventName"] for one in told] == ["SessionStart"] * 2
    assert all("say hello" in one["additionalContext"] for one in told)
    assert call("cursor", store, cursor(store, "sessionStart")).stdout == b""


def test_codex_is_not_kept_longer_than_it_lets_us(tmp_path: Path) -> None:
    """A remote that takes its time: the hook is back before Codex kills it, and what waits arrives all the same."""
    remote, clone = shared(tmp_path)
    remote.hook("sleep 3\n")
    chat = clone.chat(1)
    call("codex", clone.root, codex(clone.root, "Interrupt"))
    assert remote.chats() == []
    assert soon(lambda: remote.chats() == [chat])


def test_a_remote_that_is_well_has_it_before_codex_goes_on(tmp_path: Path) -> None:
    """The machine may be gone when the session is over."""
    remote, clone = shared(tmp_path)
    chat = clone.chat(1)
    call("codex", clone.root, codex(clone.root, "SessionEnd"))
    assert remote.chats() == [chat]


def test_cursor_takes_what_waits_to_the_remote(tmp_path: Path) -> None:
    """Git's side is all that its hooks are for."""
    remote, clone = shared(tmp_path)
    chat = clone.chat(1)
    call("cursor", clone.root, cursor(clone.root, "stop"), {"CURSOR_PROJECT_DIR": os.fspath(clone.root)})
    assert remote.chats() == [chat]
