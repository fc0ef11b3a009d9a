"""A session of Codex goes the whole way: commands as a person calls them, in a repository with hooks."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.codex_files import SESSION, Rollout
from support.riding import Clone, opted_in
from support.secrets_made import made as secrets
from support.transcript import Transcript

from gitml.cli.main import cli
from gitml.ops.context import Context, open_at

PATCH = "*** Begin Patch\n*** Update File: src/parse.py\n@@\n-a\n+b\n*** Add File: src/new.py\n+c\n*** End Patch"
CLAUDE = "0f0e0d0c-1111-4222-8333-444455556666"


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo, 'default_branch = "main"\n')


@pytest.fixture
def sessions(home: Path) -> Path:
    folder = home / ".codex" / "sessions"
    folder.mkdir(parents=True)
    return folder


def gitml(folder: Path, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["-C", str(folder), *arguments])
    assert done.exit_code == code, done.output
    return done.output


def answer(folder: Path, *arguments: str) -> Any:
    done = CliRunner().invoke(cli, ["-C", str(folder), *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def stream(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gitml(folder, "cat", name).splitlines()]


def worked(cwd: Path, words: str = "make it parse", session: str = SESSION) -> Rollout:
    """A turn that runs, patches, fails, mends and answers."""
    made = Rollout(session, str(cwd))
    made.turn(words)
    made.item("reasoning", summary=[{"type": "summary_text", "text": "**Looking**"}], encrypted_content="x")
    made.calls("call_a" + session[-4:], "shell", command=["bash", "-lc", "pytest -q"], workdir=str(cwd))
    made.spends(1000, 400, 50, 20)
    made.answers("call_a" + session[-4:], '{"output":"1 failed","metadata":{"exit_code":1,"duration_seconds":0.5}}')
    made.item("custom_tool_call", name="apply_patch", input=PATCH, call_id="call_b" + session[-4:], status="completed")
    made.answers("call_b" + session[-4:], '{"output":"Success","metadata":{"exit_code":0}}', "custom_tool_call_output")
    made.spends(2000, 1800, 70)
    made.says("It parses now.")
    made.told("task_complete", turn_id="t", last_agent_message="It parses now.")
    made.tells()
    return made


def test_from_transcript_to_every_view(clone: Clone, sessions: Path) -> None:
    """Synced, listed, shown, digested and captured; a second sync has nothing to add."""
    worked(clone.root).put(sessions)
    report = answer(clone.root, "sync")
    assert (report["sessions"], report["errors"], report["warnings"], report["captured"]) == (1, [], [], 1)
    (chat,) = stream(clone.root, "chats")
    assert (chat["input"], chat["output"], chat["status"]) == ("make it parse", "It parses now.", "complete")
    assert (chat["tools"], chat["files"]) == (["shell", "apply_patch"], ["src/parse.py", "src/new.py"])
    assert (chat["model"], chat["branch"]) == ("gpt-5-codex", "topic/one")
    first, second = stream(clone.root, "actions")
    assert (first["target"], first["status"], first["duration_ms"]) == ("pytest -q", "error", 500)
    assert first["summary"] == "1 failed"
    assert (second["target"], second["ok"]) == ("src/parse.py, src/new.py", True)
    (session,) = stream(clone.root, "sessions")
    assert (session["agent"], session["session_uid"]) == ("codex", f"codex:{SESSION}")
    usage = {"input": 800, "output": 120, "cache_read": 2200, "cache_write_5m": 0, "cache_write_1h": 0}
    assert session["usage"] == chat["usage"] == usage and not session["usage_lower_bound"]
    assert str(session["id"]) in gitml(clone.root, "list") and "It parses now." in gitml(
        clone.root, "show", SESSION[:8]
    )
    assert answer(clone.root, "sync")["appended"] == answer(clone.root, "sync", "--full")["appended"] == 0
    gitml(clone.root, "digest", SESSION)
    (digest,) = stream(clone.root, "digests")
    assert (digest["outcome"], digest["files_changed"], digest["usage"]) == ("success", 2, usage)
    assert (digest["failed"], digest["tools"]) == ({"shell": 1}, {"apply_patch": 1, "shell": 1})
    raw = gitml(clone.root, "show", SESSION, "--raw").splitlines()
    assert [json.loads(line) for line in raw] == [json.loads(line) for line in worked(clone.root).data().splitlines()]


def test_stages_and_files_are_found_by_the_path(clone: Clone, sessions: Path) -> None:
    """A person names the transcript: its name holds more than the id."""
    path = worked(clone.root).put(sessions)
    gitml(clone.root, "sync")
    gitml(clone.root, "lifecycle", "mark", str(path), "analyzed")
    assert "analyzed" in gitml(clone.root, "lifecycle", "show", SESSION)
    gitml(clone.root, "lifecycle", "safe", code=0)


def test_a_session_grows_and_is_archived(clone: Clone, sessions: Path) -> None:
    """Read in pieces it is what it is when read whole; once it is archived it is found there, and nothing is new."""
    data = worked(clone.root).data().split(b"\n")
    for upto in range(1, len(data)):
        path = sessions / "2026" / "03" / "01" / f"rollout-2026-03-01T10-00-00-{SESSION}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\n".join(data[:upto]) + b"\n")
        gitml(clone.root, "sync", "-q")
    grown = {name: gitml(clone.root, "cat", name) for name in ("chats", "actions", "sessions")}
    archived = sessions.parent / "archived_sessions" / path.name
    archived.parent.mkdir()
    path.rename(archived)
    assert answer(clone.root, "sync")["appended"] == 0
    shutil.rmtree(clone.root / ".git" / "gitml" / "cursors")
    gitml(clone.root, "sync")
    for name in ("chats", "actions"):
        assert gitml(clone.root, "cat", name) == grown[name]


def test_only_this_repositorys_sessions(clone: Clone, sessions: Path, tmp_path: Path, git: Any) -> None:
    """What began elsewhere is not taken; what began above its repository is told by the folders of its commands."""
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    worked(other, "not ours", "019c4b43-0000-7af3-be4c-5576369b0000").put(sessions)
    above = Rollout("019c4b43-1111-7af3-be4c-5576369b1111", str(tmp_path))
    above.turn("ours after all")
    above.calls("call_x", "exec_command", cmd="make", workdir=str(clone.root / "src"))
    above.put(sessions)
    (clone.root / "src").mkdir()
    gitml(clone.root, "sync")
    assert [chat["input"] for chat in stream(clone.root, "chats")] == ["ours after all"]


def test_a_commit_carries_the_turn_that_made_it(clone: Clone, sessions: Path) -> None:
    """Codex tells its shells which session runs: git's hook takes it in first, and notes whose commit it is."""
    made = Rollout(cwd=str(clone.root))
    made.turn("write b and commit it")
    made.calls("call_1", "exec_command", cmd="git commit -m b", workdir=str(clone.root))
    made.put(sessions)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "b", CODEX_THREAD_ID=SESSION) == ""
    assert clone.status() == ""
    (name,) = [name for name in clone.carried() if name.endswith("/chats.jsonl")]
    assert json.loads(clone.git("show", f"HEAD:{name}"))["input"] == "write b and commit it"
    sha = clone.git("rev-parse", "HEAD").strip()
    made.answers("call_1", f"Chunk ID: 1\nProcess exited with code 0\nOutput:\n[main {sha[:7]}] b\n 1 file changed\n")
    made.says("Committed.")
    made.put(sessions)
    gitml(clone.root, "sync")
    commits = {commit["id"]: commit["session_id"] for commit in stream(clone.root, "commits")}
    assert commits[sha] == SESSION
    (session,) = stream(clone.root, "sessions")
    assert session["commits"] == [sha[:7]] or session["commits"] == [sha]


def test_a_mark_by_hand_names_the_agent(clone: Clone, sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a shell of Codex it was Codex."""
    worked(clone.root).put(sessions)
    gitml(clone.root, "sync")
    monkeypatch.setenv("CODEX_THREAD_ID", SESSION)
    gitml(clone.root, "lifecycle", "mark", SESSION, "analyzed")
    assert "codex" in {one["by"] for one in stream(clone.root, "lifecycle")}


@pytest.mark.parametrize("words", ["forget what I am about to tell you", "yes"])
def test_forgetting_a_chat(clone: Clone, sessions: Path, words: str) -> None:
    """Out of every stream and out of the raw copy: the prompt, its item and the turn's own records; the rest stays."""
    made = worked(clone.root, "the first one")
    made.turn(words)
    made.says("I have forgotten it, or so I said.")
    made.turn("and the last one")
    made.says("Here it is.")
    made.put(sessions)
    gitml(clone.root, "sync")
    middle = next(chat["id"] for chat in stream(clone.root, "chats") if chat["input"] == words)
    gitml(clone.root, "forget", middle, "--yes")
    assert [chat["input"] for chat in stream(clone.root, "chats")] == ["the first one", "and the last one"]
    raw = gitml(clone.root, "show", SESSION, "--raw")
    left = made.data().splitlines()
    gone = {line for line in left if json.loads(line) not in [json.loads(one) for one in raw.splitlines()]}
    assert json.dumps(words) not in raw and "or so I said" not in raw
    assert len(gone) == 6, "task_started, turn_context, item, prompt, echo and answer"
    gitml(clone.root, "sync", "--full")
    assert len(stream(clone.root, "chats")) == 2


def test_forgetting_a_session_without_a_record_of_its_own(clone: Clone, sessions: Path) -> None:
    """Where the stream of sessions is not wanted nothing says whose a session was: its cursor and copy go all the same,
    for they hold what was said."""
    (clone.root / ".git-ml" / "config.toml").write_text('[record]\nstreams = ["chats"]\n')
    worked(clone.root).put(sessions)
    gitml(clone.root, "sync")
    local = clone.root / ".git" / "gitml"
    held = [local / "cursors" / "codex" / f"{SESSION}.json", local / "raw" / "sessions" / "codex" / f"{SESSION}.json"]
    assert all(path.exists() for path in held)
    gitml(clone.root, "forget", "--session", SESSION, "--yes")
    assert not any(path.exists() for path in held)


def test_forgetting_a_chat_of_an_older_version(clone: Clone, sessions: Path) -> None:
    """Before turns had ids, nothing in the file is a prompt's own: its copy is made again all the same."""
    made = Rollout(cwd=str(clone.root))
    for words in ("first", "to be forgotten, this one", "last"):
        made.message("user", words)
        made.told("user_message", message=words, kind="plain")
        made.add("turn_context", {"cwd": str(clone.root), "model": "gpt-5-codex"})
        made.says(f"done: {words}")
    made.put(sessions)
    gitml(clone.root, "sync")
    chat = next(chat["id"] for chat in stream(clone.root, "chats") if "forgotten" in chat["input"])
    gitml(clone.root, "forget", chat, "--yes")
    raw = gitml(clone.root, "show", SESSION, "--raw")
    assert "forgotten" not in raw and "done: first" in raw and "done: last" in raw


def test_no_secret_of_it_is_written(clone: Clone, sessions: Path) -> None:
    """Typed, passed in arguments that are JSON in a string, printed, patched in or answered: it is in no file."""
    made = Rollout(cwd=str(clone.root))
    for number, (kind, secret) in enumerate(secrets().items()):
        made.turn(f"use {secret} for {kind}")
        made.calls(f"call_{number}", "shell", command=["bash", "-lc", f"curl -H 'x: {secret}' x.invalid"])
        made.answers(f"call_{number}", json.dumps({"output": f"got {secret}", "metadata": {"exit_code": 0}}))
        patch = f"*** Begin Patch\n*** Add File: a.env\n+KEY={secret}\n*** End Patch"
        made.item("custom_tool_call", name="apply_patch", input=patch, call_id=f"patch_{number}")
        made.says(f"I used {secret}")
    made.put(sessions)
    gitml(clone.root, "sync")
    gitml(clone.root, "digest", SESSION)
    assert len(stream(clone.root, "chats")) == len(secrets())
    local = clone.root / ".git" / "gitml"
    written = [Path(folder, name).read_bytes() for folder, _, names in os.walk(local) for name in names]
    written.append(gitml(clone.root, "show", SESSION, "--raw").encode())
    for secret in secrets().values():
        piece = secret.splitlines()[len(secret.splitlines()) // 2].encode()
        assert not any(piece in data for data in written)


def test_what_is_gone_at_its_source_is_read_from_its_copy(clone: Clone, sessions: Path) -> None:
    """The copy has the rollout's own name; digests are made from it."""
    path = worked(clone.root).put(sessions)
    gitml(clone.root, "sync")
    path.unlink()
    gitml(clone.root, "digest", SESSION)
    (digest,) = stream(clone.root, "digests")
    assert (digest["basis"], digest["files_changed"]) == ("raw", 2)


def test_a_sweep_evicts_it(clone: Clone, sessions: Path) -> None:
    """Retention knows no agents: an old copy goes once its digest is there."""
    path = worked(clone.root).put(sessions)
    worked(clone.root, "another", "019c4b43-2222-7af3-be4c-5576369b2222").put(sessions)
    gitml(clone.root, "sync")
    path.unlink()
    report = answer(clone.root, "sweep", "--max-age", "1d")
    assert not report.get("failures"), report
    assert len(stream(clone.root, "digests")) >= 1


def config(clone: Clone, line: str) -> Context:
    (clone.root / ".git-ml" / "config.toml").write_text(f'default_branch = "main"\n[agents]\nenabled = {line}\n')
    return open_at(str(clone.root))


@pytest.mark.parametrize(
    ("enabled", "read"),
    [('["auto"]', {"claude", "codex"}), ('["codex"]', {"codex"}), ('["claude"]', {"claude"}), ("[]", set())],
)
def test_which_agents_are_read(clone: Clone, sessions: Path, home: Path, enabled: str, read: set[str]) -> None:
    """``agents.enabled`` says whose sessions are recorded; one named on the command line is read in any case."""
    worked(clone.root).put(sessions)
    claude = Transcript(CLAUDE, cwd=str(clone.root))
    claude.prompt("hello")
    claude.says("hi")
    claude.write(home / ".claude" / "projects")
    config(clone, enabled)
    gitml(clone.root, "sync")
    assert {session["agent"] for session in stream(clone.root, "sessions")} == read
    gitml(clone.root, "sync", "--agent", "codex")
    assert {session["agent"] for session in stream(clone.root, "sessions")} == read | {"codex"}


def test_an_agent_that_nobody_knows(clone: Clone) -> None:
    """On the command line it is an error; in a config that travels, a warning: another machine may know it."""
    assert "one of claude, codex" in gitml(clone.root, "sync", "--agent", "nobody", code=2)
    config(clone, '["nobody"]')
    assert "nobody" in gitml(clone.root, "sync")
    assert answer(clone.root, "sync")["warnings"] == ["agents.enabled names 'nobody', and there is no adapter for it"]


def test_a_folder_with_sessions_of_several_agents(clone: Clone, tmp_path: Path) -> None:
    """Each file is taken once, by the agent whose it is, whatever it is called."""
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "theirs.jsonl").write_bytes(worked(tmp_path / "elsewhere").data())
    claude = Transcript(CLAUDE, cwd=str(tmp_path / "elsewhere"))
    claude.prompt("hello")
    claude.says("hi")
    claude.write(folder)
    report = answer(clone.root, "sync", "--source", str(folder))
    assert (report["sessions"], report["damage"]) == (2, [])
    uids = {session["session_uid"] for session in stream(clone.root, "sessions")}
    assert uids == {f"codex:{SESSION}", f"claude:{CLAUDE}"}
