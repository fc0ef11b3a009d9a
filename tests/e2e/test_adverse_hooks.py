"""Hooks where everything is against them: they exit 0, print nothing, and the agent's work goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.scripted_session import environ, session, set_up, status

from gitml.ops.demo import firing

EVENTS = ("SessionStart", "UserPromptSubmit", "Stop", "SubagentStop", "PreCompact", "SessionEnd")
GARBAGE = (
    b"",
    b"\xff\xfe{",
    b"[]",
    b"null",
    b'{"hook_event_name": 7}',
    b'{"session_id": "../../../etc/passwd"}',
    b"{" * 9999,
)


@pytest.fixture
def recording(repo: Path, home: Path) -> Path:
    """A repository with gitml set up and one turn recorded."""
    set_up(repo, home)
    session(repo, home).turn("first", [], "done")
    return repo


def payload(repo: Path, event: str, **more: Any) -> bytes:
    """What the client would send."""
    made = {"session_id": "0" * 8, "transcript_path": str(repo / "none.jsonl"), "cwd": str(repo)}
    return json.dumps(made | {"hook_event_name": event} | more).encode()


def call(repo: Path, home: Path, stdin: bytes, event: str = "Stop", **more: str) -> tuple[int, bytes, bytes]:
    """Run the command registered for the event: exit code, stdout, stderr."""
    (command,) = firing.commands(str(repo), event)
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=repo,
        env=environ(home, **more),
        check=False,
        capture_output=True,
        input=stdin,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


SILENT = (0, b"", b"")


@pytest.mark.parametrize("event", EVENTS)
def test_gitml_is_not_installed(recording: Path, home: Path, tmp_path: Path, event: str) -> None:
    """Whoever clones the repository without gitml has hooks that do nothing."""
    bare = tmp_path / "bin"
    bare.mkdir()
    (bare / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    assert call(recording, home, payload(recording, event), event, PATH=str(bare)) == SILENT


@pytest.mark.parametrize("stdin", GARBAGE, ids=range(len(GARBAGE)))
def test_stdin_is_garbage(recording: Path, home: Path, stdin: bytes) -> None:
    """Whatever comes on stdin, the hook is silent and successful."""
    assert call(recording, home, stdin) == SILENT
    assert status(recording, home) == ""


@pytest.mark.parametrize("event", EVENTS)
def test_the_transcript_is_missing(recording: Path, home: Path, event: str) -> None:
    """A session without a transcript is no error, at no event."""
    assert call(recording, home, payload(recording, event), event) == SILENT
    assert status(recording, home) == ""


def read_only(repo: Path) -> None:
    """Nobody may write the git directory (root still can)."""
    for folder, _, _ in os.walk(repo / ".git"):
        os.chmod(folder, 0o555)


def spool_is_a_file(repo: Path) -> None:
    """Where the spool was there is a file."""
    shutil.rmtree(repo / ".git" / "gitml" / "spool")
    (repo / ".git" / "gitml" / "spool").write_text("no folder")


def local_is_a_file(repo: Path) -> None:
    """Where the local state was there is a file."""
    shutil.rmtree(repo / ".git" / "gitml")
    (repo / ".git" / "gitml").write_text("no folder")


def lock_is_a_folder(repo: Path) -> None:
    """The lock cannot be opened."""
    (repo / ".git" / "gitml" / "lock").unlink(missing_ok=True)
    (repo / ".git" / "gitml" / "lock").mkdir()


def config_is_broken(repo: Path) -> None:
    """The tracked configuration is not TOML."""
    (repo / ".git-ml" / "config.toml").write_text("[[[")


@pytest.mark.parametrize("harm", [read_only, spool_is_a_file, local_is_a_file, lock_is_a_folder, config_is_broken])
def test_the_disk_is_against_it(recording: Path, home: Path, harm: Callable[[Path], None]) -> None:
    """Local state that cannot be written or read: every hook of a turn is silent, and the transcript is untouched."""
    harm(recording)
    agent = session(recording, home)
    try:
        agent.turn("second", [], "done again")
    finally:
        for folder, _, _ in os.walk(recording / ".git"):
            os.chmod(folder, 0o755)
    assert all((one.code, one.stdout, one.stderr) == (0, "", "") for one in agent.fired)
    assert "done again" in Path(agent.transcript.path).read_text()


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_streams_are_closed(recording: Path, home: Path, closed: str) -> None:
    """With any of its standard streams closed, the program itself still exits 0 and prints nothing."""
    done = subprocess.run(
        ["/bin/sh", "-c", f"gitml hook claude {closed}"],
        cwd=recording,
        env=environ(home),
        check=False,
        capture_output=True,
        input=payload(recording, "Stop"),
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == SILENT


@pytest.mark.parametrize("line", [(), ("claude", "--no-such"), ("git",), ("git", "no-such-hook"), ("nobody",)])
def test_the_command_line_is_wrong(recording: Path, home: Path, line: tuple[str, ...]) -> None:
    """A wrong call of ``gitml hook`` exits 0: 2 would make the agent go round again."""
    done = subprocess.run(
        ["gitml", "hook", *line],
        cwd=recording,
        env=environ(home),
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == SILENT


def test_outside_any_repository(home: Path, tmp_path: Path, recording: Path) -> None:
    """A session somewhere else entirely, with the hooks at user level: nothing happens, nothing is made."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    agent = session(elsewhere, home, project=recording)
    agent.turn("hello", [], "hello")
    assert all((one.code, one.stdout, one.stderr) == (0, "", "") for one in agent.fired)
    assert list(elsewhere.iterdir()) == []


def test_a_repository_without_gitml(git: Callable[..., str], home: Path, tmp_path: Path, recording: Path) -> None:
    """A repository that was never set up stays as it is, though the hooks run there."""
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", "other")
    session(other, home, project=recording).turn("hello", [], "hello")
    assert status(other, home) == ""
    assert not (other / ".git" / "gitml").exists()


def test_switched_off(recording: Path, home: Path) -> None:
    """With ``GITML=off`` in the environment a Stop hook records nothing."""
    before = sorted((recording / ".git" / "gitml").rglob("*.jsonl"))
    agent = session(recording, home)
    agent.environ["GITML"] = "off"
    agent.turn("not this", [], "unseen")
    for file in sorted((recording / ".git" / "gitml").rglob("*.jsonl")):
        assert "unseen" not in file.read_text()
    assert sorted((recording / ".git" / "gitml").rglob("*.jsonl")) == before
