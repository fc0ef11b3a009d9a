"""Work trees that leave out ``.git-ml``: what the team decided holds there all the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Git
from support.setup_tree import set_up
from support.transcript import varied

from gitml.errors import GitmlError
from gitml.ops.context import open_at
from gitml.ops.reading import status
from gitml.ops.setup.doctor import checks

SESSION = "11111111-2222-4333-8444-555555555555"
ONLY_SESSIONS = '\n[record]\nstreams = ["sessions"]\n'


@pytest.fixture
def team(repo: Path, git: Git) -> Path:
    """A repository with a store that records sessions alone, and a folder ``sub``."""
    set_up(repo)
    with (repo / ".git-ml" / "config.toml").open("a") as file:
        file.write(ONLY_SESSIONS)
    (repo / "sub").mkdir()
    (repo / "sub" / "f").write_text("f\n")
    (repo / ".git-ml" / "tracked" / "chats.jsonl").write_text('{"id":"chat-old"}\n')
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "store")
    git(repo, "config", "uploadpack.allowFilter", "true")
    return repo


def sparse(team: Path, git: Git, folder: Path, *how: str) -> Path:
    """A clone that has ``sub`` alone."""
    git(team, "clone", "-q", "--no-checkout", *how, team.as_uri(), str(folder))
    git(folder, "sparse-checkout", "set", "--no-cone", "sub")
    git(folder, "checkout", "-q", "main")
    assert not (folder / ".git-ml").exists()
    return folder


def stop(folder: Path, home: Path) -> None:
    """One session's Stop hook, as a process."""
    path = varied(SESSION, turns=2, cwd=str(folder)).write(home / ".claude" / "projects")
    payload = {"hook_event_name": "Stop", "session_id": SESSION, "transcript_path": str(path), "cwd": str(folder)}
    command = [sys.executable, "-m", "gitml", "hook", "claude"]
    subprocess.run(command, cwd=folder, input=json.dumps(payload).encode(), check=True, env=os.environ)


def waiting(folder: Path) -> set[str]:
    """The streams that wait in the spool."""
    return {path.stem for path in (folder / ".git" / "gitml" / "spool").rglob("*.jsonl")}


def test_a_sparse_work_tree_keeps_to_the_tracked_settings(team: Path, git: Git, home: Path, tmp_path: Path) -> None:
    """A stream that the team switched off is not recorded because a work tree has no config file."""
    clone = sparse(team, git, tmp_path / "clone")
    (clone / ".git" / "gitml").mkdir()
    stop(clone, home)
    assert waiting(clone) == {"sessions", "lifecycle"}


def test_settings_that_a_pull_changes_are_noticed(team: Path, git: Git, tmp_path: Path) -> None:
    """The copy of the settings is made anew when the index has changed."""
    clone = sparse(team, git, tmp_path / "clone")
    (clone / ".git" / "gitml").mkdir()
    assert not open_at(str(clone)).config.records("chats")
    (team / ".git-ml" / "config.toml").write_text("")
    git(team, "commit", "-q", "-a", "-m", "all streams")
    git(clone, "pull", "-q")
    assert open_at(str(clone)).config.records("chats")


def test_a_branch_without_a_store_keeps_to_what_was_known(team: Path, git: Git, home: Path) -> None:
    """What is recorded on a branch that was never opted in rides later, with a branch that switched the stream off."""
    assert not open_at(str(team)).config.records("chats")
    git(team, "checkout", "-q", "-b", "old", "main~1")
    assert not (team / ".git-ml" / "config.toml").exists()
    stop(team, home)
    assert "sessions" in waiting(team) and "chats" not in waiting(team)


def test_settings_that_a_partial_clone_lacks_are_not_guessed(team: Path, git: Git, home: Path, tmp_path: Path) -> None:
    """Nothing is recorded before it is known what may be; the error names the command that fetches them."""
    clone = sparse(team, git, tmp_path / "clone", "--filter=blob:none")
    (clone / ".git" / "gitml").mkdir()
    stop(clone, home)
    assert waiting(clone) == set()
    with pytest.raises(GitmlError) as error:
        open_at(str(clone))
    assert error.value.hint == "git sparse-checkout add .git-ml"
    git(clone, *error.value.hint.split()[1:])
    assert not open_at(str(clone)).config.records("chats")


def test_init_leaves_what_a_sparse_work_tree_leaves_out(team: Path, git: Git, tmp_path: Path) -> None:
    """No default settings and no empty base file are staged over the team's."""
    clone = sparse(team, git, tmp_path / "clone")
    outcome = set_up(clone)
    assert git(clone, "diff", "--cached", "--name-only") == ""
    assert not (clone / ".git-ml").exists() and outcome.failures == []
    assert any("git sparse-checkout add .git-ml" in note for note in outcome.plan.notes)


def test_what_is_left_out_is_said(team: Path, git: Git, tmp_path: Path) -> None:
    """A sparse work tree is not broken; doctor and status say what cannot be read in it, and what brings it in."""
    clone = sparse(team, git, tmp_path / "clone")
    set_up(clone)
    said = [finding for finding in checks.examine(str(clone), time.time()) if "sparse" in finding.says]
    assert [(one.severity, one.mend) for one in said] == [("warn", "git sparse-checkout add .git-ml")]
    assert not checks.sick(checks.examine(str(clone), time.time()))
    assert any("sparse" in text for text in status.status(open_at(str(clone)))["warnings"])
    git(clone, "sparse-checkout", "add", ".git-ml")
    found = checks.examine(str(clone), time.time())
    assert not checks.sick(found)
    assert not any("sparse" in finding.says for finding in found if finding.severity != "ok")
    assert status.status(open_at(str(clone)))["warnings"] == []


def test_init_brings_back_what_the_index_has(team: Path, git: Git) -> None:
    """A store's file that was deleted by hand comes back as it was, not empty."""
    for name in ("config.toml", "tracked/chats.jsonl"):
        (team / ".git-ml" / name).unlink()
    set_up(team)
    assert git(team, "status", "--porcelain", "--", ".git-ml") == ""
