"""Clones of a repository that somebody else set gitml up in: the first session that starts there sets them up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Git
from support.setup_tree import set_up, snapshot
from support.transcript import Transcript

from gitml.ops.context import open_at, open_store
from gitml.ops.setup.hookfolder import NAMES
from gitml.store.fold import fold

SESSION = "11111111-2222-4333-8444-555555555555"
COMMAND = [sys.executable, "-m", "gitml", "hook", "claude"]


@pytest.fixture
def origin(repo: Path, git: Git) -> Path:
    """A repository with gitml set up and committed."""
    set_up(repo)
    git(repo, "commit", "-q", "-m", "record agent sessions")
    return repo


@pytest.fixture
def clone(origin: Path, git: Git) -> Path:
    git(origin.parent, "clone", "-q", str(origin), "clone")
    return origin.parent / "clone"


def payload(folder: Path, event: str, **more: Any) -> bytes:
    return json.dumps({"session_id": SESSION, "cwd": str(folder), "hook_event_name": event, **more}).encode()


def fire(folder: Path, event: str = "SessionStart", extra: dict[str, str] | None = None, **more: Any) -> None:
    """Run the hook; it ends with 0 and prints nothing."""
    done = subprocess.run(
        COMMAND,
        cwd=folder,
        env=os.environ | (extra or {}),
        input=payload(folder, event, **more),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def hooks_of(root: Path) -> list[str]:
    """The hooks with gitml's lines."""
    found = [root / ".git" / "hooks" / name for name in NAMES]
    return [path.name for path in found if path.exists() and "# >>> gitml >>>" in path.read_text()]


def gitml(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gitml", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_fresh_clone_is_set_up_by_the_first_session(clone: Path, git: Git) -> None:
    """git's hooks, the exclude line and local state are there afterwards; the work tree and the index are as before."""
    index = (clone / ".git" / "index").read_bytes()
    fire(clone)
    assert hooks_of(clone) == list(NAMES)
    assert "/.git-ml/tracked/live/" in (clone / ".git" / "info" / "exclude").read_text().splitlines()
    assert os.access((clone / ".git" / "gitml" / "bin").read_text().strip(), os.X_OK)
    assert git(clone, "status", "--porcelain", "--untracked-files=all") == ""
    assert (clone / ".git" / "index").read_bytes() == index
    findings = json.loads(gitml(clone, "doctor", "--json").stdout)["findings"]
    assert {one["severity"] for one in findings if one["check"] in ("git hooks", "exclude", "local state")} == {"ok"}


def test_a_session_is_recorded_and_committed_from_its_first_prompt_on(clone: Path, home: Path, git: Git) -> None:
    """In the session that sets the clone up, the agent's own first commit carries the turn that made it."""
    fire(clone)
    made = Transcript(SESSION, str(clone.resolve()))
    made.prompt("the very first prompt")
    made.says("answered")
    path = made.write(home / ".claude" / "projects")
    fire(clone, "Stop", transcript_path=str(path), last_assistant_message="answered")
    (clone / "b.txt").write_text("b\n")
    git(clone, "add", "b.txt")
    git(clone, "commit", "-q", "-m", "b")
    assert "chats.jsonl" in git(clone, "show", "--stat", "--format=", "--stat-width=200", "HEAD")
    assert [chat["input"] for chat in fold(open_at(str(clone)).layout, "chats").records()] == ["the very first prompt"]


def test_a_resumed_session_is_taken_in_at_once(clone: Path, home: Path) -> None:
    """What the transcript holds when the clone is set up is recorded by the same hook."""
    made = Transcript(SESSION, str(clone.resolve()))
    made.prompt("said before gitml was there")
    made.says("answered")
    path = made.write(home / ".claude" / "projects")
    fire(clone, source="resume", transcript_path=str(path))
    assert [chat["output"] for chat in fold(open_at(str(clone)).layout, "chats").records()] == ["answered"]


def test_uninstall_takes_a_healed_clone_back_byte_for_byte(clone: Path, git: Git) -> None:
    """What the hook put in goes out again, and what was there stays as it was; a hook of the user's, too."""
    own = clone / ".git" / "hooks" / "pre-commit"
    own.write_text("#!/bin/sh\necho mine\n")
    own.chmod(0o755)
    before = snapshot(clone)
    fire(clone)
    assert snapshot(clone) != before
    assert gitml(clone, "uninstall").returncode == 0
    git(clone, "reset", "-q", "--hard")  # the shared settings: gitml's entries, which came with the clone
    assert snapshot(clone) == before


def test_what_a_person_took_out_stays_out(clone: Path, home: Path, git: Git) -> None:
    """After `gitml uninstall` no hook sets the clone up again or records in it, also when the settings come back."""
    fire(clone)
    for purge in ([], ["--purge-local"]):
        assert gitml(clone, "uninstall", *purge).returncode == 0
        git(clone, "reset", "-q", "--hard")
        made = Transcript(SESSION, str(clone.resolve()))
        made.prompt("not recorded")
        made.says("no")
        path = made.write(home / ".claude" / "projects")
        for event in ("SessionStart", "Stop"):
            fire(clone, event, transcript_path=str(path), last_assistant_message="no")
        assert hooks_of(clone) == []
        assert not (clone / ".git" / "gitml" / "spool").exists()
    assert gitml(clone, "init", "--no-import").returncode == 0
    fire(clone, "Stop", transcript_path=str(path), last_assistant_message="no")
    assert hooks_of(clone) == list(NAMES)
    assert len(list(fold(open_at(str(clone)).layout, "chats").records())) == 1


def test_a_linked_work_tree_of_a_fresh_clone_heals_it(clone: Path, git: Git) -> None:
    """The hooks are the clone's; a session in a new work tree sets them up, and records there."""
    git(clone, "worktree", "add", "-q", "-b", "side", str(clone.parent / "linked"))
    fire(clone.parent / "linked")
    assert hooks_of(clone) == list(NAMES)
    assert git(clone.parent / "linked", "status", "--porcelain", "--untracked-files=all") == ""


def test_sessions_that_start_at_once_heal_once(clone: Path) -> None:
    """Six hooks at the same instant leave one block in each hook and one exclude line."""
    running = [
        subprocess.Popen(COMMAND, cwd=clone, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(6)
    ]
    said = [process.communicate(payload(clone, "SessionStart"), timeout=60)[0] for process in running]
    assert said == [b""] * 6
    assert hooks_of(clone) == list(NAMES)
    for name in NAMES:
        assert (clone / ".git" / "hooks" / name).read_text().count("# >>> gitml >>>") == 1
    assert (clone / ".git" / "info" / "exclude").read_text().count(".git-ml") == 1


def test_hooks_that_travel_are_left_alone(clone: Path, git: Git) -> None:
    """With core.hooksPath in the work tree, or outside the repository, no hook is written; the rest is set up."""
    for folder in (".hooks", str(clone.parent / "shared")):
        git(clone, "config", "core.hooksPath", folder)
        fire(clone)
        assert not (clone / folder).exists()
        assert hooks_of(clone) == []
        assert "/.git-ml/tracked/live/" in (clone / ".git" / "info" / "exclude").read_text()
        assert git(clone, "status", "--porcelain", "--untracked-files=all") == ""
        shutil.rmtree(clone / ".git" / "gitml")


def test_a_branch_that_was_never_opted_in_heals_nothing(origin: Path, clone: Path, git: Git) -> None:
    """Neither does a config that lies in the work tree and that git does not have."""
    git(clone, "checkout", "-q", "--orphan", "other")
    git(clone, "rm", "-q", "-r", "--cached", ".git-ml")
    fire(clone)
    assert hooks_of(clone) == []
    git(clone, "reset", "-q", "--hard")
    git(clone, "clean", "-fdxq")
    fire(clone)
    assert hooks_of(clone) == []


def test_a_sparse_clone_heals(origin: Path, git: Git) -> None:
    """A checkout that leaves .git-ml out is told from a repository without gitml by its index."""
    clone = origin.parent / "sparse"
    git(origin.parent, "clone", "-q", "--sparse", str(origin), "sparse")
    assert not (clone / ".git-ml").exists()
    assert open_store(str(clone)).set_up
    fire(clone)
    assert hooks_of(clone) == list(NAMES)
    assert git(clone, "status", "--porcelain", "--untracked-files=all") == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_git_directory_is_survived(clone: Path) -> None:
    """Nothing can be written: the hook is silent all the same, and ends with 0."""
    git_dir = clone / ".git"
    git_dir.chmod(0o500)
    try:
        fire(clone)
    finally:
        git_dir.chmod(0o700)
    assert not (git_dir / "gitml").exists()


def test_what_is_in_the_way_is_survived(clone: Path) -> None:
    """Local state cannot be made, because a file has its name: silent, and nothing else is changed."""
    (clone / ".git" / "gitml").write_text("in the way")
    fire(clone)
    assert hooks_of(clone) == []


@pytest.mark.parametrize("off", ["GITML", "paused"])
def test_what_is_switched_off_does_not_heal(clone: Path, off: str) -> None:
    """GITML=off and `gitml pause` keep the clone as it is."""
    if off == "paused":
        assert gitml(clone, "pause").returncode == 0
    fire(clone, extra={"GITML": "off"} if off == "GITML" else {})
    assert hooks_of(clone) == []


def test_commands_by_hand_say_how_to_set_the_clone_up(clone: Path) -> None:
    """`gitml sync` and `gitml status` work there, and name the command that mends it."""
    assert "gitml init" in gitml(clone, "sync").stderr
    assert "gitml init" in gitml(clone, "status").stdout
    fire(clone)
    assert gitml(clone, "sync").stderr == ""
