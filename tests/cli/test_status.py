"""``gitml status`` and ``pause``/``resume``."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import records
from support.transcript import varied

from gitml.cli.render.glance import glance
from gitml.ops.reading.milestones import milestones

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]
Git = Callable[..., str]
Golden = Callable[[str, str], None]


def test_what_people_read(golden: Golden) -> None:
    """The page, with everything on it."""
    status = {
        "root": "/src/x",
        "branch": "main",
        "recording": "paused",
        "paused_since": "2026-11-20T15:00:00.000Z",
        "recorded": {
            "commits": 51,
            "sessions": 12,
            "chats": 200,
            "actions": 4120,
            "orchestration": 1,
            "lifecycle": 0,
            "digests": 0,
            "moods": 3,
        },
        "waiting": {"parts": 1, "records": 14, "bytes": 12_345},
        "running": {"active": 2, "idle": 0},
        "hooks": {
            "agent_hooks": True,
            "agents": {
                "claude": {"installed": True, "worked": "2026-11-20T14:57:00.000Z"},
                "codex": {"installed": True, "worked": None},
                "gemini": {"installed": False, "worked": "2026-11-18T15:00:00.000Z"},
            },
            "git_hooks": False,
            "last_event": "2026-11-20T14:57:00.000Z",
            "failing": [
                {"hook": "claude", "timestamp": "2026-11-20T14:57:00.010Z", "error": "OSError: No space left on device"}
            ],
        },
        "persist": {"configured": "auto", "in_force": "with-commits", "why": "the default", "side": None, "own": None},
        "tracked": "staged",
        "compaction": {"parts": 41, "older_than": "14d", "here": True, "cut_off": False},
        "redaction": {
            "layers": ["known", "generic", "personal"],
            "missing": ["vendor"],
            "error": None,
            "failed": {"timestamp": "2026-11-20T14:00:00.000Z", "session": "s", "error": "EngineFailed"},
            "late": {"files": ["x"]},
            "held": {"20261120/1-a": {"why": "found"}, "20261120/1-b": {"why": "time"}},
        },
        "health": {"level": "yellow", "timestamp": "2026-11-18T15:00:00.000Z", "total": 1_234_000_000, "short": True},
        "milestones": [
            one.to_dict()
            for one in milestones({"commits": 500, "sessions": 0, "chats": 200}, {"commits": 51, "chats": 240})
        ],
        "damage": ["x.jsonl:2: not JSON, or cut off"],
        "warnings": [],
    }
    golden("status.txt", "".join(line + "\n" for line in glance(status, 1795186800.0)))


def test_milestones_of_no_sense_are_left_out() -> None:
    """A goal of 0 switches one off; a full bar means reached, and not a record less."""
    found = milestones({"commits": 0, "chats": True, "sessions": 3}, {"sessions": 2})
    assert [one.to_dict() for one in found] == [
        {"stream": "sessions", "reached": 2, "goal": 3, "missing": 1, "share": 0.6667}
    ]


def test_json_keys_are_stable(gitml: Gitml, store: Path) -> None:
    """Programs rely on them; docs/reference.md lists them."""
    found = json.loads(gitml(store, "status", "--json").stdout)
    assert list(found) == [
        "root",
        "branch",
        "recording",
        "paused_since",
        "recorded",
        "waiting",
        "running",
        "hooks",
        "persist",
        "tracked",
        "compaction",
        "redaction",
        "health",
        "milestones",
        "damage",
        "warnings",
    ]
    assert found["recorded"]["chats"] == 3 and found["waiting"] == {"parts": 0, "records": 0, "bytes": 0}
    assert list(found["hooks"]) == ["agent_hooks", "agents", "git_hooks", "last_event", "failing"]


def test_not_yet_committed_is_said(gitml: Gitml, git: Git, store: Path) -> None:
    """A store in no commit, one that is only staged, and one that is committed."""

    def tracked() -> str:
        return str(json.loads(gitml(store, "status", "--json").stdout)["tracked"])

    assert tracked() == "no" and "in no commit" in gitml(store, "status").stdout
    git(store, "add", ".git-ml")
    assert tracked() == "staged"
    git(store, "commit", "-q", "-m", "data")
    assert tracked() == "committed" and "in no commit" not in gitml(store, "status").stdout


def test_it_leaves_the_repository_alone(gitml: Gitml, git: Git, store: Path) -> None:
    """Reading changes nothing git can see."""
    git(store, "add", ".git-ml")
    git(store, "commit", "-q", "-m", "data")
    for arguments in (["status"], ["list"], ["show", "13a8"], ["cat", "chats"]):
        assert gitml(store, *arguments).returncode == 0
    assert git(store, "status", "--porcelain") == ""


def test_damage_is_counted(gitml: Gitml, store: Path) -> None:
    """A line that cannot be read is told with its place, and status still ends well."""
    part = records.write_part(store, {}, "20261122/000000Z-000001")
    (part / "chats.jsonl").write_text("{torn\n")
    done = gitml(store, "status")
    assert done.returncode == 0 and "1 line cannot be read" in done.stdout and "chats.jsonl:1" in done.stdout


@pytest.mark.parametrize(
    ("config", "remote", "said"),
    [
        ("", "", "with-commits (the default)"),
        ("", "true", "own-commits (the default where CLAUDE_CODE_REMOTE=true: this machine is thrown away)"),
        ("", "false", "with-commits (the default)"),
        ('persist = "with-commits"', "true", "with-commits (config.toml says so)"),
        ('persist = "own-commits"', "", "own-commits (config.toml says so)"),
        ('persist = "side-branch"', "true", "side-branch (config.toml says so)"),
        ('persist = "post"', "true", "with-commits (`post` in config.toml is no way gitml knows)"),
    ],
)
def test_persist_says_why(
    gitml: Gitml, store: Path, monkeypatch: pytest.MonkeyPatch, config: str, remote: str, said: str
) -> None:
    """What is in force, and why: config first, then the machine; Codespaces and CI are no exception."""
    records.write_config(store, config)
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", remote)
    monkeypatch.setenv("CODESPACES", "true")
    monkeypatch.setenv("CI", "true")
    assert f"persist     {said}" in gitml(store, "status").stdout


def test_pause_and_resume(gitml: Gitml, store: Path) -> None:
    """Paused since when; pausing twice keeps the first time; resuming takes it away."""
    assert "paused: " in gitml(store, "pause").stdout
    first = json.loads(gitml(store, "status", "--json").stdout)
    assert first["recording"] == "paused" and first["paused_since"]
    time.sleep(0.01)
    again = json.loads(gitml(store, "pause", "--json").stdout)
    assert again == {"paused": True, "since": first["paused_since"], "changed": False}
    assert "paused since" in gitml(store, "status").stdout and "gitml resume" in gitml(store, "status").stdout
    assert json.loads(gitml(store, "resume", "--json").stdout)["changed"] is True
    assert json.loads(gitml(store, "status", "--json").stdout)["recording"] == "on"
    assert "not paused" in gitml(store, "resume").stdout


def test_a_pause_file_that_says_nothing_pauses(gitml: Gitml, store: Path) -> None:
    """Whoever touches the file pauses; its own time counts."""
    local = store / ".git" / "gitml"
    local.mkdir(exist_ok=True)
    (local / "paused").write_bytes(b"\xff{")
    os.utime(local / "paused", (0, 1))
    found = json.loads(gitml(store, "status", "--json").stdout)
    assert (found["recording"], found["paused_since"]) == ("paused", "1970-01-01T00:00:01.000Z")


def test_off_in_the_environment_is_said(gitml: Gitml, store: Path) -> None:
    """GITML=off."""
    assert "off: GITML=off is set" in gitml(store, "status", env={"GITML": "off"}).stdout
    assert "GITML=off" in gitml(store, "resume", env={"GITML": "off"}).stderr


def test_hooks_in_place_and_when_they_fired(gitml: Gitml, repo: Path, home: Path) -> None:
    """After init they are in place; the last event is told once an agent's hook ran; a hook taken out is missed."""

    def hooks() -> dict[str, object]:
        return dict(json.loads(gitml(repo, "status", "--json").stdout)["hooks"])

    assert gitml(repo, "init", "--no-import").returncode == 0
    claude = {"claude": {"installed": True, "worked": None}}
    assert hooks() == {
        "agent_hooks": True, "agents": claude, "git_hooks": True, "last_event": None, "failing": [],
    }  # fmt: skip
    event = {
        "hook_event_name": "SessionStart",
        "session_id": records.ALPHA,
        "cwd": str(repo),
        "source": "startup",
        "transcript_path": str(home / ".claude" / "projects" / "x" / f"{records.ALPHA}.jsonl"),
    }
    assert gitml(repo, "hook", "claude", input=json.dumps(event)).returncode == 0
    assert hooks()["last_event"] is not None and "in place · last event" in gitml(repo, "status").stdout
    (repo / ".git" / "hooks" / "post-commit").unlink()
    assert hooks()["git_hooks"] is False and "git hooks missing" in gitml(repo, "status").stdout


def test_hooks_that_fail_are_told(gitml: Gitml, repo: Path, home: Path) -> None:
    """A hook says nothing and exits 0 whatever happens: status tells of a failure until the hook has worked again, in
    doctor too, and not of an agent's failure because git's hook works."""

    def failing() -> list[str]:
        hooks = json.loads(gitml(repo, "status", "--json").stdout)["hooks"]
        return [one["hook"] for one in hooks["failing"]]

    def fire(event: str) -> None:
        payload = {"hook_event_name": event, "session_id": records.ALPHA, "cwd": str(repo)}
        assert gitml(repo, "hook", "claude", input=json.dumps(payload)).returncode == 0

    assert gitml(repo, "init", "--no-import").returncode == 0
    varied(records.ALPHA, turns=1, cwd=str(repo)).write(home / ".claude" / "projects")
    (repo / ".git" / "gitml" / "locks").write_text("in the way of a folder")
    fire("Stop")
    assert failing() == ["claude"]
    assert "the claude hook failed at" in gitml(repo, "status").stdout
    assert "the claude hook failed at" in gitml(repo, "doctor").stdout
    assert gitml(repo, "hook", "git", "post-merge").returncode == 0
    assert failing() == ["claude"]
    (repo / ".git" / "gitml" / "locks").unlink()
    fire("Stop")
    assert failing() == []
    assert "failed at" not in gitml(repo, "doctor").stdout
