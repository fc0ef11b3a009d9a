"""Commits that never were: what pre-commit staged is taken back, by the process that waits, or by the next hook."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.riding import LIVE, PATIENCE, Clone, opted_in

from gitml.git import process, reflog
from gitml.hooks import git as git_hooks
from gitml.ops.riding import journal
from gitml.ops.riding.settle import settle
from gitml.store.layout import DATA


@pytest.fixture
def clone(repo: Path) -> Clone:
    clone = opted_in(repo)
    clone.chat(1)
    clone.change("b.txt", "two\n")
    return clone


def nothing_left(clone: Clone) -> None:
    """The user's file is staged as before; ours is neither staged nor in the work tree; the spool has it."""
    assert clone.status() == "A  b.txt\n"
    assert clone.git("ls-files", "--", LIVE) == ""
    assert clone.files() == []
    assert (clone.waiting(), clone.kept()) == (1, 0)


def next_commit_carries(clone: Clone) -> None:
    """What waited rides with the next commit that is made."""
    clone.git("commit", "-q", "-m", "at last")
    clone.settled()
    assert clone.ids() == ["chat-20261120-150332-000001"]
    assert clone.status() == ""
    assert (clone.waiting(), clone.kept()) == (0, 1)


@pytest.mark.parametrize("options", [["-m", "x"], ["-a", "-m", "x"], ["-m", "x", "--", "a.txt"]], ids=" ".join)
def test_a_failing_commit_msg_hook(clone: Clone, options: list[str]) -> None:
    """commit-msg runs after pre-commit and refuses."""
    clone.hook("commit-msg", "exit 1\n")
    clone.write("a.txt", "changed\n")
    clone.git("commit", "-q", *options, code=1)
    clone.settled()
    clone.git("checkout", "-q", "a.txt")
    nothing_left(clone)
    (clone.hooks / "commit-msg").unlink()
    next_commit_carries(clone)


@pytest.mark.parametrize("editor", ["true", "false"], ids=["empty message", "editor fails"])
def test_no_message(clone: Clone, editor: str) -> None:
    """The person leaves the editor without a message, or the editor fails."""
    clone.git("commit", "-q", code=1, GIT_EDITOR=editor)
    clone.settled()
    nothing_left(clone)
    next_commit_carries(clone)


def test_the_rest_of_the_hook_fails(clone: Clone) -> None:
    """The user's own pre-commit check refuses: gitml staged nothing at all, and its exit code is passed on."""
    clone.install(after="exit 7\n")
    assert clone.ends("commit", "-q", "-m", "x").code == 1
    assert clone.rides() == []
    nothing_left(clone)


def test_the_next_commit_at_once(clone: Clone) -> None:
    """A commit that follows a failed one within milliseconds takes over what that one left."""
    clone.hook("commit-msg", "exit 1\n")
    for _ in range(3):
        clone.git("commit", "-q", "-m", "x", code=1)
    (clone.hooks / "commit-msg").unlink()
    ended = clone.ends("commit", "-q", "-m", "x")
    while "index.lock" in ended.said:
        ended = clone.ends("commit", "-q", "-m", "x")
    assert ended.code == 0
    clone.settled()
    assert clone.ids() == ["chat-20261120-150332-000001"]
    assert clone.status() == ""
    assert (clone.waiting(), clone.kept()) == (0, 1)


def waiting_in_editor(clone: Clone, tmp_path: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """A commit that has been through pre-commit and waits in its editor; killed, it leaves its editor behind."""
    there = tmp_path / "there"
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\necho $$ > {there}\nexec sleep 60\n")
    editor.chmod(0o755)
    git = clone.start("commit", "-q", GIT_EDITOR=str(editor))
    deadline = time.monotonic() + PATIENCE
    while not (there.exists() and there.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return git, there


def close_editor(there: Path) -> None:
    os.kill(int(there.read_text()), signal.SIGKILL)


def test_git_is_killed(clone: Clone, tmp_path: Path) -> None:
    """kill -9 of a git that waits in its editor: the waiting process takes back what was staged."""
    git, there = waiting_in_editor(clone, tmp_path)
    assert clone.rides()
    git.kill()
    git.wait()
    close_editor(there)
    clone.settled()
    nothing_left(clone)
    next_commit_carries(clone)


def watcher(pid: int) -> int:
    """The process that waits for the end of the git ``pid``."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if entry.name.isdigit() and b"pre-commit" in words and str(pid).encode() in words:
            found.append(int(entry.name))
    assert len(found) == 1
    return found[0]


AWAKE = ["post-merge", "pre-merge-commit", "post-rewrite", "commit", "commit --no-verify", "gitml", "agent"]


needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc to find the process to kill")


def killed(clone: Clone, tmp_path: Path) -> None:
    """A commit that was killed in its editor, with the process that waited for it."""
    git, there = waiting_in_editor(clone, tmp_path)
    os.kill(watcher(git.pid), signal.SIGKILL)
    git.kill()
    git.wait()
    close_editor(there)
    there.unlink()
    time.sleep(0.1)
    assert clone.rides()
    assert clone.git("diff", "--cached", "--name-only", "--", LIVE) != ""


@needs_proc
@pytest.mark.parametrize("name", AWAKE)
def test_git_and_the_waiting_process_are_killed(clone: Clone, tmp_path: Path, name: str) -> None:
    """kill -9 of both: the next hook of any kind, or any gitml that settles, takes it back."""
    killed(clone, tmp_path)
    if name == "gitml":
        settle(clone.context)
    elif name == "agent":
        event = {"hook_event_name": "Stop", "session_id": "none", "cwd": str(clone.root)}
        command = [sys.executable, "-m", "gitml", "hook", "claude"]
        subprocess.run(command, cwd=clone.root, input=json.dumps(event).encode(), check=True)
    elif name.startswith("commit"):
        clone.git("commit", "-q", "--amend", "--only", "-m", "message only", *name.split()[1:])
    else:
        clone.git("hook", "run", name, code=None)
    assert clone.rides() == []
    nothing_left(clone)


@needs_proc
@pytest.mark.parametrize("options", [[], ["-a"], ["--", "b.txt"]], ids=["plain", "-a", "paths"])
def test_the_next_commit_takes_over_what_was_left(clone: Clone, tmp_path: Path, options: list[str]) -> None:
    """With git and the waiting process killed, an ordinary commit carries, and one that fails is taken back as ever."""
    killed(clone, tmp_path)
    clone.git("commit", "-q", *options, code=1, GIT_EDITOR="false")
    clone.settled()
    nothing_left(clone)
    killed(clone, tmp_path)
    clone.git("commit", "-q", "-m", "at last", *options)
    clone.settled()
    assert clone.ids() == ["chat-20261120-150332-000001"]
    assert clone.status() == ""
    assert (clone.waiting(), clone.kept()) == (0, 1)


@needs_proc
def test_what_was_forgotten_meanwhile_is_not_committed(clone: Clone, tmp_path: Path) -> None:
    """A killed commit left a record staged, then it was forgotten: the next commit must not carry it after all."""
    from gitml.store.tombstones import Tombstones, purge

    killed(clone, tmp_path)
    assert purge(clone.context.layout, Tombstones([("chats", "chat-20261120-150332-000001")])) == 1
    other = clone.chat(2)
    clone.git("commit", "-q", "-m", "at last")
    clone.settled()
    assert clone.ids() == [other]
    assert clone.status() == ""


def test_nothing_is_taken_back_while_the_commit_runs(clone: Clone, tmp_path: Path) -> None:
    """Another gitml at work meanwhile must not pull the parts out from under a commit in its editor."""
    git, there = waiting_in_editor(clone, tmp_path)
    settle(clone.context)
    assert clone.git("diff", "--cached", "--name-only", "--", LIVE) != ""
    message = clone.root / ".git" / "COMMIT_EDITMSG"
    message.write_text("written\n")
    close_editor(there)
    git.wait()
    clone.settled()
    nothing_left(clone)


@pytest.mark.parametrize("logged", [True, False])
def test_a_merge_right_after_the_commit(clone: Clone, logged: bool) -> None:
    """The process that waits comes late: HEAD is on another branch by then, and a merge has just put the parts into its
    index. They are no leftovers: the commit that was given them was made."""
    if not logged:
        clone.git("config", "core.logAllRefUpdates", "false")
        (clone.root / ".git" / "logs" / "HEAD").unlink()
    before = reflog.size(clone.context.where.git_dir)
    clone.git("checkout", "-q", "-b", "side")
    clone.git("commit", "-q", "-m", "x")
    clone.settled()
    blobs = {path: clone.git("rev-parse", f"HEAD:{path}").strip() for path in clone.carried()}
    clone.git("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-ff", "--no-commit", "side")
    there = clone.status()
    assert blobs and all(f"A  {path}\n" in there for path in blobs)
    journal.write(clone.context.layout, journal.Ride(999999999, "", False, blobs, before))
    settle(clone.context)
    assert clone.rides() == []
    assert clone.status() == there


def test_a_part_that_came_back_is_taken_back(clone: Clone) -> None:
    """HEAD's log still knows the commit that was reset away; what a failed commit was given of it is a leftover."""
    head = clone.git("rev-parse", "HEAD").strip()
    clone.git("commit", "-q", "-m", "x")
    clone.settled()
    clone.git("reset", "-q", "--hard", head)
    settle(clone.context)
    assert clone.waiting() == 1
    clone.change("b.txt", "two\n")
    clone.hook("commit-msg", "exit 1\n")
    clone.git("commit", "-q", "-m", "x", code=1)
    clone.settled()
    nothing_left(clone)


def test_only_our_own_bytes_are_taken_back(clone: Clone, tmp_path: Path) -> None:
    """A file in our place that somebody changed meanwhile is theirs: it stays, staged or not."""
    git, there = waiting_in_editor(clone, tmp_path)
    file = clone.root / LIVE / clone.files()[0]
    file.write_text("mine\n")
    clone.git("add", "-f", str(file))
    git.kill()
    git.wait()
    close_editor(there)
    clone.settled()
    assert file.read_text() == "mine\n"
    assert clone.git("ls-files", "--", LIVE) != ""


def test_a_locked_index_is_waited_for(clone: Clone, tmp_path: Path) -> None:
    """Somebody holds ``index.lock`` when the commit fails: taken back when they let go."""
    git, there = waiting_in_editor(clone, tmp_path)
    lock = clone.root / ".git" / "index.lock"
    lock.touch()
    git.kill()
    git.wait()
    close_editor(there)
    time.sleep(0.3)
    assert clone.rides()
    lock.unlink()
    clone.settled()
    nothing_left(clone)


def test_a_locked_index_before_the_commit(clone: Clone) -> None:
    """git itself refuses; gitml leaves nothing."""
    (clone.root / ".git" / "index.lock").touch()
    clone.git("commit", "-q", "-m", "x", code=128)
    (clone.root / ".git" / "index.lock").unlink()
    assert clone.rides() == []
    nothing_left(clone)


def test_a_busy_store_is_left_alone(clone: Clone) -> None:
    """Another gitml holds the lock: the commit is made without records, within a second."""
    from gitml.store.lock import hold

    with hold(clone.context.layout.lock):
        started = time.monotonic()
        assert clone.git("commit", "-q", "-m", "x") == ""
        assert time.monotonic() - started < 2.0
    assert clone.ids() == []
    assert clone.status() == ""
    assert clone.waiting() == 1


def test_a_link_in_our_place_is_not_followed(clone: Clone, tmp_path: Path) -> None:
    """A repository whose ``live`` is a link to somewhere else: nothing is written there, the commit is made."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (clone.root / LIVE).symlink_to(outside)
    assert clone.git("commit", "-q", "-m", "x") == ""
    clone.settled()
    assert list(outside.iterdir()) == []
    assert clone.waiting() == 1


def test_a_file_in_our_place_is_not_overwritten(clone: Clone) -> None:
    """A part that is published never changes: other bytes under its name stay as they are."""
    from gitml.store import spool

    part = spool.close(clone.context.layout)[0]
    clone.write(f"{LIVE}/{part.name}/chats.jsonl", "other\n")
    assert clone.git("commit", "-q", "-m", "x") == ""
    assert (clone.root / LIVE / part.name / "chats.jsonl").read_text() == "other\n"
    assert clone.ids() == []


def test_a_damaged_journal_is_dropped(clone: Clone) -> None:
    """A journal nobody can read names nothing; it must not be in the way for ever."""
    folder = Path(clone.context.layout.local) / "riding" / "main"
    folder.mkdir(parents=True)
    (folder / "999999999.json").write_text("{")
    settle(clone.context)
    assert clone.rides() == []


def test_a_damaged_store_never_fails_a_commit(clone: Clone) -> None:
    """Whatever is wrong with gitml's own files, git's commit is made, silently."""
    local = Path(clone.context.layout.local)
    (local / "lock").unlink(missing_ok=True)
    (local / "lock").mkdir()
    (local / "commits.pending").write_bytes(b"\xff\0nonsense\n")
    (clone.root / DATA / "config.toml").write_text("= no toml")
    assert clone.git("commit", "-q", "-m", "x") == ""
    assert clone.git("log", "-1", "--format=%s") == "x\n"


def test_alive_tells_processes_apart() -> None:
    """A number that another process has got since is not the process that was meant."""
    me = os.getpid()
    assert process.alive(me, process.started(me))
    if process.started(me):
        assert not process.alive(me, "1")
    child = subprocess.Popen(["true"])
    time.sleep(0.1)
    assert not process.alive(child.pid, "") or not Path("/proc/self").exists()  # a zombie is none
    child.wait()
    assert process.wait(child.pid, "", 1.0)


def test_hooks_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Called where nothing is set up, the hook does nothing."""
    clone = Clone(tmp_path / "plain")
    clone.root.mkdir()
    clone.git("init", "-q")
    monkeypatch.chdir(clone.root)
    git_hooks.run("pre-commit", ["1"])
    assert not (clone.root / ".git" / "gitml").exists()
