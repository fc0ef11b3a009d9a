"""Commits of gitml's own against a remote that moved, refuses, is slow, is gone; and several environments at once."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.persisting import OWN, Remote, own, parents, payload, shared, status
from support.riding import ONLY_CHATS, Clone
from support.stop_check import wait_until
from support.transcript import varied

from gitml.ops.persist import patience, state
from gitml.ops.persist.own import own_commits

SESSION = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Remote, Clone]:
    return shared(tmp_path)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")


def test_two_environments_on_one_branch(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """The second one builds on what the first pushed; neither overwrites, and both branches follow."""
    remote, one = pair
    two = remote.clone(tmp_path / "b")
    chats = []
    for number in range(3):
        for name, clone in (("one", one), ("two", two)):
            chats.append(clone.chat(f"{name}-{number}"))
            assert own(clone).did == state.DELIVERED
            assert remote.tip() == clone.git("rev-parse", "HEAD").strip()
            assert status(clone) == "## work...origin/work\n"
            assert len(clone.files()) == len(clone.ids()) == len(chats)
    assert remote.chats() == sorted(chats)
    assert one.git("fsck", "--no-dangling") + two.git("fsck", "--no-dangling") == ""


def test_many_environments_at_the_same_instant(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """Four processes push to one branch at once: each of their turns is there, in a line of commits."""
    remote, _ = pair
    clones = [remote.clone(tmp_path / f"c{number}") for number in range(4)]
    chats = [clone.chat(number) for number, clone in enumerate(clones)]
    code = "import sys; from gitml.ops.context import open_at; from gitml.ops.persist.deliver import deliver; "
    code += "sys.exit(deliver(open_at('.'), 60).did != 'delivered')"
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=clone.root) for clone in clones]
    assert [process.wait(60) for process in running] == [0] * 4
    assert remote.chats() == sorted(chats)
    assert remote.run("rev-list", "--min-parents=2", "work") == ""


def test_the_branch_stays_where_others_changed_files(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """Their work does not come into this work tree by itself: the records go on top of it, the branch stays behind.

    What was pushed so does not ride again, nor is it pushed twice; a pull brings all of it together.
    """
    remote, one = pair
    two = remote.clone(tmp_path / "b")
    two.change("theirs.txt", "theirs\n")
    two.git("commit", "-q", "-m", "theirs")
    two.git("push", "-q")
    before = one.git("rev-parse", "HEAD").strip()
    chats = []
    for number in range(3):
        chats.append(one.chat(number))
        assert own(one).did == state.DELIVERED
        assert own(one).did == state.NOTHING
    assert remote.chats() == chats
    assert one.git("rev-parse", "HEAD", "origin/work").split() == [before, before]
    assert status(one) == "## work...origin/work\n"
    assert (one.waiting(), one.kept(), one.files()) == (0, 3, [])
    assert not (one.root / "theirs.txt").exists()
    one.git("pull", "-q", "--ff-only")
    assert one.ids() == chats
    chats.append(one.chat(9))
    assert own(one).did == state.DELIVERED
    assert one.git("for-each-ref", "refs/gitml") == ""
    assert remote.chats() == chats
    assert status(one) == "## work...origin/work\n"


def test_uninstall_takes_the_refs_along(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """With the local state of a clone the refs go that stand for what was pushed ahead of its branch."""
    remote, one = pair
    two = remote.clone(tmp_path / "b")
    two.change("theirs.txt", "theirs\n")
    two.git("commit", "-q", "-m", "theirs")
    two.git("push", "-q")
    one.chat(1)
    own(one)
    assert one.git("for-each-ref", "refs/gitml") != ""
    gitml = [sys.executable, "-m", "gitml", "uninstall", "--purge-local"]
    subprocess.run(gitml, cwd=one.root, env=one.environ(), check=True, capture_output=True)
    assert one.git("for-each-ref", "refs/gitml") == ""


def test_what_was_pushed_ahead_and_rewritten_there_comes_back(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """A force-push over a commit that this clone never fetched: once that is known here, the records wait again."""
    remote, one = pair
    two = remote.clone(tmp_path / "b")
    two.change("theirs.txt", "theirs\n")
    two.git("commit", "-q", "-m", "theirs")
    two.git("push", "-q")
    chat = one.chat(1)
    own(one)
    two.git("commit", "-q", "--amend", "-m", "rewritten")
    two.git("push", "-q", "--force")
    assert remote.chats() == []
    one.git("pull", "-q", "--ff-only")
    own(one)
    assert own(one).did in (state.NOTHING, state.DELIVERED)
    assert remote.chats() == [chat]


def test_both_have_moved_on(pair: tuple[Remote, Clone], tmp_path: Path, cloud: None) -> None:
    """The remote by records: a merge brings both together, and all of it is pushed. By work: only the records are."""
    remote, one = pair
    two = remote.clone(tmp_path / "b")
    chats = [two.chat("two")]
    own(two)
    one.change("a.txt", "two\n")
    one.git("commit", "-q", "-m", "mine")
    chats.append(one.chat("one"))
    assert own(one).did == state.DELIVERED
    assert len(parents(one)) == 2
    assert status(one) == "## work...origin/work\n"
    assert remote.chats() == sorted(chats)
    two.git("pull", "-q", "--ff-only")
    two.change("theirs.txt", "theirs\n")
    two.git("commit", "-q", "-m", "theirs")
    two.git("push", "-q")
    chats.append(one.chat("rides"))
    one.change("a.txt", "three\n")
    one.git("commit", "-q", "-m", "mine")
    one.settled()
    chats.append(one.chat("waits"))
    before = one.git("rev-parse", "HEAD")
    assert own(one).did == state.DELIVERED
    assert remote.chats() == sorted(chats)
    assert one.git("rev-parse", "HEAD") == before
    assert one.git("show", "origin/work:a.txt") == remote.run("show", "work:a.txt") == "two\n"
    one.git("pull", "-q", "--no-rebase", "--no-edit")
    one.git("push", "-q")
    assert one.ids() == sorted(chats)


def test_a_commit_made_during_the_push(pair: tuple[Remote, Clone]) -> None:
    """The person wins: their commit stands, the branch does not move; the next hook brings both together."""
    remote, clone = pair
    remote.hook(
        f'rm "$0"; cd "{clone.root}" || exit 1\n'
        "unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "git -c core.hooksPath=/dev/null commit -q --allow-empty -m mine\n"
    )
    chat = clone.chat(1)
    outcome = own(clone)
    assert (outcome.did, bool(outcome.why)) == (state.DELIVERED, True)
    assert remote.chats() == [chat]
    assert clone.git("log", "-1", "--format=%s") == "mine\n"
    assert clone.git("status", "--porcelain") == ""
    assert clone.waiting() == 0
    second = clone.chat(2)
    assert own(clone).did == state.COMMITTED
    assert len(parents(clone)) == 2
    clone.git("push", "-q")
    assert remote.chats() == [chat, second]
    assert status(clone) == "## work...origin/work\n"


def test_a_remote_that_refuses(pair: tuple[Remote, Clone]) -> None:
    """A hook of the remote's says no: nothing has moved here, the spool waits, and the next hook delivers."""
    remote, clone = pair
    remote.hook("exit 1\n")
    before = (clone.git("for-each-ref"), clone.git("ls-files", "-s"), clone.git("reflog"))
    chat = clone.chat(1)
    assert own(clone).why == "the remote refuses"
    assert (clone.git("for-each-ref"), clone.git("ls-files", "-s"), clone.git("reflog")) == before
    assert (clone.waiting(), clone.files(), clone.rides()) == (1, [], [])
    remote.hook("exit 0\n")
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == [chat]


def test_a_remote_that_is_gone(pair: tuple[Remote, Clone]) -> None:
    """Out of reach: nothing is lost here, and once it is back everything is delivered, in one commit."""
    remote, clone = pair
    away = remote.path.parent / "away"
    remote.path.rename(away)
    before = clone.git("for-each-ref")
    chats = []
    for number in range(3):
        chats.append(clone.chat(number))
        assert own(clone).why.startswith("the remote cannot be reached")
        assert clone.git("for-each-ref") == before
        assert status(clone) == "## work...origin/work\n"
    away.rename(remote.path)
    tip = remote.tip()
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == chats
    assert parents(clone) == [tip]


@pytest.mark.parametrize("cloudy", [False, True])
def test_a_branch_that_was_deleted_or_rewound(
    pair: tuple[Remote, Clone], monkeypatch: pytest.MonkeyPatch, cloudy: bool
) -> None:
    """Neither a deleted branch nor a commit that was taken off one is brought back by a push of gitml's."""
    remote, clone = pair
    if cloudy:
        monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")
    clone.chat(1)
    own(clone)
    rewound = remote.run("rev-parse", "work~1").strip()
    remote.run("update-ref", "refs/heads/work", rewound)
    clone.chat(2)
    assert own(clone).why == "the remote's branch was rewritten"
    assert remote.tip() == rewound
    remote.run("update-ref", "-d", "refs/heads/work")
    assert own(clone).why == "the remote's branch is gone"
    assert remote.tip() == ""
    assert clone.waiting() == 1


def test_a_remote_that_takes_only_the_current_branch(pair: tuple[Remote, Clone], cloud: None) -> None:
    """Cloud machines may push to one branch and nothing else: nothing else is ever pushed."""
    remote, clone = pair
    remote.hook('while read -r old new ref; do [ "$ref" = refs/heads/work ] || exit 1; done\n')
    clone.git("tag", "-a", "-m", "v", "v1")
    clone.git("config", "push.followTags", "true")
    chats = [clone.chat(1)]
    assert own(clone).did == state.DELIVERED
    clone.change("a.txt", "x\n")
    clone.git("commit", "-q", "-m", "mine")
    chats.append(clone.chat(2))
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == chats
    assert sorted(remote.run("for-each-ref", "--format=%(refname)").split()) == ["refs/heads/main", "refs/heads/work"]


def test_hooks_of_a_person_do_not_run(pair: tuple[Remote, Clone]) -> None:
    """pre-push, reference-transaction and all the others stay out of a commit that is none of theirs."""
    _remote, clone = pair
    names = ("pre-push", "reference-transaction", "pre-commit", "post-commit", "commit-msg", "post-index-change")
    for name in names:
        clone.hook(name, f'echo {name} >>"{clone.root.parent}/ran"\nexit 1\n')
    clone.chat(1)
    assert own(clone).did == state.DELIVERED
    assert not (clone.root.parent / "ran").exists()


def test_a_slow_remote_is_waited_for_as_long_as_the_budget(tmp_path: Path, home: Path) -> None:
    """The hook returns when its time is over, holds no pipe of the client's, and the push goes on behind it."""
    remote, clone = shared(tmp_path, "hook_budget_ms = 700\n" + OWN + ONLY_CHATS)
    remote.hook("sleep 3\n")
    projects = home / ".claude" / "projects"
    projects.mkdir(parents=True)
    path = varied(SESSION, turns=1, cwd=str(clone.root.resolve())).write(projects)
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "gitml", "hook", "claude"], cwd=clone.root, env=clone.environ(), check=True,
        input=payload(clone.root, SESSION, path), capture_output=True, timeout=30,
    )  # fmt: skip
    assert 0.6 < time.monotonic() - started < 2.8
    assert remote.chats() == []
    deadline = time.monotonic() + 20
    while not remote.chats() or clone.rides() or clone.waiting():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert status(clone) == "## work...origin/work\n"


def test_a_remote_that_hangs_is_waited_for_once(tmp_path: Path) -> None:
    """The next hooks wait a second; both turns arrive, and then the whole budget is used again."""
    remote, clone = shared(tmp_path, "hook_budget_ms = 2500\n" + OWN + ONLY_CHATS)
    remote.hook("sleep 3\n")
    took, chats = [], []
    for number in range(2):
        chats.append(clone.chat(number))
        started = time.monotonic()
        own_commits(clone.context, started)
        took.append(time.monotonic() - started)
    assert took[0] > 2.4 and took[1] < 2
    wait_until(lambda: remote.chats() == chats and not clone.rides() and not clone.waiting())
    wait_until(lambda: not patience.is_slow(clone.context.layout))
    assert patience.deadline(clone.context, 100.0) == 102.5


def test_a_hook_meanwhile_waits_its_turn(pair: tuple[Remote, Clone], home: Path) -> None:
    """Two sessions end a turn at once: the second comes after the first, and both turns are delivered."""
    remote, clone = pair
    remote.hook("sleep 0.3\n")
    projects = home / ".claude" / "projects"
    projects.mkdir(parents=True)
    running = []
    for number in range(3):
        session = f"{number}1111111-2222-4333-8444-555555555555"
        made = varied(session, turns=1, cwd=str(clone.root.resolve()))
        path = made.write(projects)
        process = subprocess.Popen(
            [sys.executable, "-m", "gitml", "hook", "claude"], cwd=clone.root, env=clone.environ(),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(payload(clone.root, session, path))
        process.stdin.close()
        running.append(process)
    assert [process.wait(30) for process in running] == [0, 0, 0]
    assert clone.waiting() == 0
    assert remote.tip() == clone.git("rev-parse", "HEAD").strip()
    assert status(clone) == "## work...origin/work\n"


def test_nobody_is_asked_for_a_password(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """A remote that wants a password, a passphrase or a known host fails at once; no askpass program is started."""
    _, clone = pair
    asked = tmp_path / "asked"
    program = tmp_path / "askpass"
    program.write_text(f'#!/bin/sh\ntouch "{asked}"\nsleep 60\n')
    program.chmod(0o755)
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\necho "$@" >"{tmp_path}/given"\nexit 255\n')
    ssh.chmod(0o755)
    clone.git("config", "core.askPass", str(program))
    clone.git("config", "core.sshCommand", str(ssh))
    clone.git("remote", "set-url", "origin", "ssh://nowhere.invalid/x.git")
    clone.chat(1)
    started = time.monotonic()
    assert own(clone).why.startswith("the remote cannot be reached")
    assert "BatchMode=yes" in (tmp_path / "given").read_text()
    assert time.monotonic() - started < 10
    assert not asked.exists()
    assert clone.waiting() == 1
