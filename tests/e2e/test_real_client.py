"""The real client, offline, with the hooks that ``gitml init`` puts in place."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from support import claude_client
from support.fresh_machine import tools
from support.model_server import ModelServer, Turn
from support.scripted_session import records, run, set_up, status

ROOT = Path(__file__).parents[2]
PROMPT = "Please write hello.txt and commit it"
ANSWER = "Done: hello.txt is committed."


def script(repo: Path, quiet: str = "") -> list[Turn]:
    """A file is written, then committed; with ``quiet`` git does not print the commit's id."""
    commit = f"git add hello.txt && git commit {quiet} -m 'hello: a file'"
    return [
        Turn("I write it.", [("Write", {"file_path": str(repo / "hello.txt"), "content": "hello\n"})]),
        Turn("Now I commit it.", [("Bash", {"command": commit, "description": "Commit the file"})]),
        Turn(ANSWER),
    ]


@pytest.fixture
def at_work(repo: Path, home: Path) -> Path:
    """A repository with gitml set up, pushed to a bare remote beside it. Skips where there is no client."""
    claude_client.client()
    run(repo.parent, home, "git", "init", "-q", "--bare", "remote.git")
    run(repo, home, "git", "remote", "add", "origin", "../remote.git")
    set_up(repo, home)
    return repo


@pytest.mark.parametrize("quiet", ["", "-q"])
def test_a_session_is_recorded(at_work: Path, home: Path, quiet: str) -> None:
    """A file made and committed by the real client: its prompt, answer, tool call and commit are read back, linked."""
    with ModelServer(script(at_work, quiet)) as model:
        assert ANSWER in claude_client.ask(at_work, home, model.url, PROMPT)
    assert status(at_work, home) == ""
    (chat,) = records(at_work, home, "chats")
    assert (chat["input"], chat["output"], chat["status"]) == (PROMPT, ANSWER, "complete")
    assert chat["tools"] == ["Write", "Bash"]
    assert chat["files"] == ["hello.txt"]
    assert [action["tool"] for action in records(at_work, home, "actions")] == ["Write", "Bash"]
    (session,) = records(at_work, home, "sessions")
    sha = run(at_work, home, "git", "rev-parse", "HEAD").stdout.strip()
    commit = next(one for one in records(at_work, home, "commits") if one["id"] == sha)
    assert commit["session_id"] == session["session_id"] == chat["session_id"]
    shown = json.loads(run(at_work, home, "gitml", "show", session["session_id"], "--json").stdout)
    assert [one["id"] for one in shown["commits"]] == [sha]


def test_a_clone_has_the_session(at_work: Path, home: Path, tmp_path: Path) -> None:
    """After one more ordinary commit and a push, a fresh clone on a fresh machine has every record."""
    with ModelServer(script(at_work)) as model:
        claude_client.ask(at_work, home, model.url, PROMPT)
    (at_work / "a.txt").write_text("two\n")
    run(at_work, home, "git", "commit", "-q", "-a", "-m", "more")
    run(at_work, home, "git", "push", "-q", "origin", "main")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(tmp_path, elsewhere, "git", "clone", "-q", "remote.git", "clone")
    for stream in ("chats", "actions", "sessions"):
        assert records(tmp_path / "clone", elsewhere, stream) == records(at_work, home, stream)
    assert [chat["output"] for chat in records(tmp_path / "clone", elsewhere, "chats")] == [ANSWER]


def test_a_resumed_session_stays_one(at_work: Path, home: Path) -> None:
    """A session that is taken up again adds its second prompt, and doubles nothing."""
    with ModelServer([*script(at_work), Turn("It says hello.")]) as model:
        claude_client.ask(at_work, home, model.url, PROMPT)
        claude_client.ask(at_work, home, model.url, "What does it say?", "--continue")
    chats = records(at_work, home, "chats")
    assert [chat["input"] for chat in chats] == [PROMPT, "What does it say?"]
    assert [chat["output"] for chat in chats] == [ANSWER, "It says hello."]
    (session,) = records(at_work, home, "sessions")
    assert session["chat_count"] == 2


def test_the_end_of_a_sub_agent_is_no_prompt(at_work: Path, home: Path) -> None:
    """A sub-agent runs beside its session and reports back by a notice, which nobody typed: one chat, one batch."""
    start = {"description": "Look", "prompt": "Count the files", "subagent_type": "general-purpose"}
    turns = [Turn("I ask a helper.", [("Agent", start)]), *(Turn("There is one.") for _ in range(6))]
    with ModelServer(turns) as model:
        claude_client.ask(at_work, home, model.url, "How many files are there?")
    (chat,) = records(at_work, home, "chats")
    assert chat["input"] == "How many files are there?"
    (batch,) = records(at_work, home, "orchestration")
    assert [agent["type"] for agent in batch["agents"]] == ["general-purpose"]


def test_the_settings_are_valid(at_work: Path, home: Path) -> None:
    """The client's own check finds nothing to reject in what ``gitml init`` wrote."""
    try:
        done = claude_client.run(at_work, home, "doctor", seconds=30)
    except subprocess.TimeoutExpired:
        pytest.skip("this version's doctor waits for a terminal (2.1.197 and older do)")
    assert done.returncode == 0
    assert "invalid" not in done.stdout.lower(), done.stdout


def test_the_plugin_is_valid(home: Path) -> None:
    """The client's own strict check passes the plugin and the marketplace."""
    done = claude_client.run(ROOT, home, "plugin", "validate", "--strict", str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def plugin(home: Path, tmp_path: Path) -> None:
    """The plugin, installed for the user of that home from a copy of its files."""
    copy = tmp_path / "plugin"
    shutil.copytree(ROOT / ".claude-plugin", copy / ".claude-plugin")
    (copy / "hooks").mkdir()
    shutil.copy(ROOT / "hooks" / "hooks.json", copy / "hooks")
    for command in (("marketplace", "add", str(copy)), ("install", "gitml@gitml")):
        done = claude_client.run(tmp_path, home, "plugin", *command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("settings", [True, False], ids=["and settings", "alone"])
def test_the_plugin_records(at_work: Path, home: Path, plugin: None, settings: bool) -> None:
    """With the plugin, beside the repository's own hooks or without them, a session is recorded, and once."""
    if not settings:
        (at_work / ".claude" / "settings.local.json").unlink()
        run(at_work, home, "git", "rm", "-q", ".claude/settings.json")
        run(at_work, home, "git", "commit", "-q", "-m", "hooks by plugin only")
    with ModelServer(script(at_work)) as model:
        claude_client.ask(at_work, home, model.url, PROMPT)
    assert [(chat["input"], chat["output"]) for chat in records(at_work, home, "chats")] == [(PROMPT, ANSWER)]
    assert status(at_work, home) == ""


def test_the_plugin_leaves_other_repositories_alone(at_work: Path, home: Path, plugin: None, tmp_path: Path) -> None:
    """Where gitml was never set up, the plugin's hooks make nothing."""
    other = tmp_path / "other"
    run(tmp_path, home, "git", "init", "-q", "other")
    with ModelServer([Turn("Hello.")]) as model:
        claude_client.ask(other, home, model.url, "Hello?")
    assert sorted(path.name for path in other.iterdir()) == [".git"]
    assert not (other / ".git" / "gitml").exists()


def test_the_next_session_is_told_of_the_last_one(at_work: Path, home: Path) -> None:
    """With [context] what the first session did is in the second one's conversation, and not without it."""
    with ModelServer(script(at_work)) as model:
        claude_client.ask(at_work, home, model.url, PROMPT)
    config = at_work / ".git-ml" / "config.toml"
    for text, told in (("", False), ("\n[context]\nenabled = true\n", True)):
        config.write_text(config.read_text() + text)
        with ModelServer([Turn("I know.")]) as model:
            claude_client.ask(at_work, home, model.url, "What was done?")
        assert ("earlier-agent-sessions" in json.dumps(model.requests)) is told
    assert ANSWER in json.dumps(model.requests)


def test_a_fresh_machine_records_its_first_session(at_work: Path, home: Path, tmp_path: Path) -> None:
    """No gitml on PATH, a fresh clone, CLAUDE_CODE_REMOTE=true: the session installs gitml and is recorded."""
    run(at_work, home, "gitml", "init", "--bootstrap", "wheel")
    run(at_work, home, "git", "commit", "-q", "-m", "fresh machines install gitml")
    run(at_work, home, "git", "push", "-q", "origin", "main")
    fresh, clone = tmp_path / "fresh-home", tmp_path / "clone"
    fresh.mkdir()
    run(tmp_path, fresh, "git", "clone", "-q", "remote.git", "clone")
    shutil.copy(home / ".gitconfig", fresh)
    machine = {"PATH": tools(tmp_path / "tools"), "CLAUDE_CODE_REMOTE": "true", "PIP_NO_INDEX": "1"}
    with ModelServer(script(clone)) as model:
        done = claude_client.run(
            clone, fresh, "-p", PROMPT, "--allowedTools", "Bash", "Write", model=model.url, **machine
        )
    assert ANSWER in done.stdout
    assert (clone / ".git" / "gitml" / "program").is_dir()
    assert [chat["output"] for chat in records(clone, home, "chats")] == [ANSWER]
    assert status(clone, fresh) == ""
