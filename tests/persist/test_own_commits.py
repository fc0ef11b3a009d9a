"""A commit of gitml's own: what it holds, when it is made, when it stays away."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.persisting import OWN, Remote, own, parents, payload, ready, shared, status
from support.riding import LIVE, ONLY_CHATS, Clone
from support.transcript import varied

from gitml.ops.context import open_at
from gitml.ops.persist import state

SESSION = "11111111-2222-4333-8444-555555555555"
TOLD = OWN + "[own_commits]\ndefault_branch = true\ndetached = true\n" + ONLY_CHATS


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Remote, Clone]:
    return shared(tmp_path)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")


def test_what_waits_is_at_the_remote(pair: tuple[Remote, Clone]) -> None:
    """The commit adds the parts and nothing else, the remote has it, the branch follows, the spool is empty."""
    remote, clone = pair
    before = clone.git("rev-parse", "HEAD").strip()
    chat = clone.chat(1)
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == clone.ids() == [chat]
    assert remote.tip() == clone.git("rev-parse", "HEAD").strip() == clone.git("rev-parse", "origin/work").strip()
    assert parents(clone) == [before]
    assert all(line.startswith(f"A\t{LIVE}/") for line in clone.git("diff", "--name-status", before).splitlines())
    assert status(clone) == "## work...origin/work\n"
    assert (clone.waiting(), clone.kept(), clone.rides()) == (0, 1, [])
    assert len(clone.files()) == 1
    assert clone.git("for-each-ref", "refs/gitml") == ""
    assert clone.git("fsck", "--no-dangling") == ""


def test_nothing_new_makes_no_commit(pair: tuple[Remote, Clone]) -> None:
    """A hook that finds nothing waiting leaves history alone."""
    remote, clone = pair
    before = remote.tip()
    assert own(clone).did == state.NOTHING
    clone.chat(1)
    own(clone)
    assert own(clone).did == state.NOTHING
    assert parents(clone) == [before]


def test_it_is_no_record_of_its_own(tmp_path: Path) -> None:
    """Commits that only hold data are no work: the stream of commits leaves them out."""
    _remote, clone = shared(tmp_path, OWN + '[record]\nstreams = ["chats", "commits"]\n')
    own(clone)
    before = clone.ids(stream="commits")
    clone.chat(1)
    own(clone)
    clone.chat(2)
    own(clone)
    assert clone.ids(stream="commits") == before
    assert not (Path(clone.context.layout.local) / "commits.pending").exists()


def test_an_ordinary_commit_still_carries_what_waits(pair: tuple[Remote, Clone]) -> None:
    """Both ways work side by side, and nothing is there twice."""
    remote, clone = pair
    first, second, third = clone.chat(1), "", ""
    own(clone)
    second = clone.chat(2)
    clone.change("a.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    clone.git("push", "-q")
    third = clone.chat(3)
    own(clone)
    assert remote.chats() == [first, second, third]
    assert status(clone) == "## work...origin/work\n"


def test_commits_of_a_person_are_not_pushed_along(pair: tuple[Remote, Clone]) -> None:
    """Where a person has unpushed commits, gitml's own is made on top and waits for their push."""
    remote, clone = pair
    before = remote.tip()
    clone.change("a.txt", "two\n")
    clone.git("commit", "-q", "-m", "mine")
    chat = clone.chat(1)
    assert own(clone).did == state.COMMITTED
    assert remote.tip() == before
    assert clone.ids() == [chat]
    clone.git("push", "-q")
    assert remote.chats() == [chat]


def test_on_a_machine_that_is_thrown_away_they_are(pair: tuple[Remote, Clone], cloud: None) -> None:
    """CLAUDE_CODE_REMOTE=true: unpushed commits go along, also where all that is new rode in one of them."""
    remote, clone = pair
    clone.change("a.txt", "two\n")
    clone.git("commit", "-q", "-m", "mine")
    first = clone.chat(1)
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == [first]
    second = clone.chat(2)
    clone.change("a.txt", "three\n")
    clone.git("commit", "-q", "-m", "mine")
    clone.settled()
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == [first, second]
    assert status(clone) == "## work...origin/work\n"


def test_a_branch_that_was_never_pushed(pair: tuple[Remote, Clone], monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere its owner publishes it; on a machine that is thrown away it goes to the branch of its name."""
    remote, clone = pair
    clone.git("switch", "-q", "-c", "new")
    first = clone.chat(1)
    assert own(clone).did == state.COMMITTED
    assert remote.tip("new") == ""
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")
    second = clone.chat(2)
    assert own(clone).did == state.DELIVERED
    assert remote.chats("new") == [first, second]
    assert clone.git("rev-list", "--count", "origin/new..HEAD").strip() == "0"


@pytest.mark.parametrize("refspec", ["+refs/heads/main:refs/remotes/origin/main", "+refs/heads/*:refs/remotes/o/*"])
def test_a_clone_that_follows_other_refs(pair: tuple[Remote, Clone], cloud: None, refspec: str) -> None:
    """A single-branch clone has no ref for the branch it pushes: one is made, so that nothing seems unpushed."""
    remote, clone = pair
    clone.git("config", "remote.origin.fetch", refspec)
    clone.git("switch", "-q", "-c", "new")
    for number in range(3):
        clone.chat(number)
        assert own(clone).did == state.DELIVERED
    followed = "origin/new" if "main" in refspec else "o/new"
    assert clone.git("rev-parse", followed).strip() == remote.tip("new")
    assert len(remote.chats("new")) == 3


def test_a_branch_made_from_the_default_branch_is_not_pushed_there(pair: tuple[Remote, Clone], cloud: None) -> None:
    """``git switch -c feature origin/main`` makes main the upstream, and nobody means to push to it."""
    remote, clone = pair
    before = remote.tip("main")
    clone.git("switch", "-q", "-c", "feature", "origin/main")
    clone.chat(1)
    assert own(clone).did == state.DELIVERED
    assert (remote.tip("main"), len(remote.chats("feature"))) == (before, 1)
    clone.git("config", "push.default", "upstream")
    clone.chat(2)
    assert "default branch" in own(clone).why
    assert remote.tip("main") == before


def test_without_a_remote_one_commit_takes_the_place_of_the_last(tmp_path: Path) -> None:
    """No remote: commits only, and as long as the newest commit is gitml's own the next one replaces it."""
    _remote, clone = shared(tmp_path)
    clone.git("remote", "remove", "origin")
    base = clone.git("rev-parse", "HEAD").strip()
    chats = [clone.chat(1)]
    assert own(clone).did == state.COMMITTED
    for number in (2, 3):
        chats.append(clone.chat(number))
        assert own(clone).did == state.COMMITTED
        assert parents(clone) == [base]
    assert clone.ids() == chats
    assert status(clone) == "## work\n"
    clone.git("branch", "held")
    clone.chat(4)
    own(clone)
    assert parents(clone) == [clone.git("rev-parse", "held").strip()]


def test_the_default_branch_only_where_told(tmp_path: Path) -> None:
    """On the default branch the spool waits for an ordinary commit, unless the config says otherwise."""
    remote, clone = shared(tmp_path)
    clone.git("switch", "-q", "main")
    clone.git("branch", "-q", "-u", "origin/main")
    assert own(clone).did == state.NOTHING
    chat = clone.chat(1)
    before = remote.tip("main")
    assert own(clone).why == "main is the default branch"
    assert (clone.waiting(), remote.tip("main")) == (1, before)
    clone.write(".git-ml/config.toml", TOLD)
    assert own(clone).did == state.DELIVERED
    assert remote.chats("main") == [chat]


def test_a_detached_head_only_where_told(tmp_path: Path) -> None:
    """A commit that no branch holds is made only for who asked for it, and never pushed."""
    remote, clone = shared(tmp_path)
    clone.git("switch", "-q", "--detach")
    chat = clone.chat(1)
    assert own(clone).why == "HEAD is detached"
    clone.write(".git-ml/config.toml", TOLD)
    before = remote.tip()
    assert own(clone).did == state.COMMITTED
    assert (clone.ids(), remote.tip()) == ([chat], before)
    assert clone.git("symbolic-ref", "-q", "HEAD", code=1) == ""
    assert clone.git("rev-parse", "work").strip() == before


@pytest.mark.parametrize(
    "mark", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG", "SQUASH_MSG", "rebase-merge/", "sequencer/"]
)
def test_in_the_middle_of_something_it_stays_out(pair: tuple[Remote, Clone], mark: str) -> None:
    """Merge, rebase and their like are ended by commits of their own: the spool waits until they are over."""
    _remote, clone = pair
    path = clone.root / ".git" / mark
    path.mkdir() if mark.endswith("/") else path.write_text("")
    clone.chat(1)
    assert own(clone).did == state.WAITS
    path.rmdir() if mark.endswith("/") else path.unlink()
    assert own(clone).did == state.DELIVERED


@pytest.mark.parametrize("words", [["commit"], ["commit", "--no-verify"], ["-c", "alias.ci=commit -n", "ci"]])
def test_while_a_commit_waits_in_its_editor(pair: tuple[Remote, Clone], words: list[str]) -> None:
    """The branch does not move under a commit that is being written, also where no hook was called for it; without
    that it would fail."""
    if len(words) > 1:
        _needs_proc()
    remote, clone = pair
    own(clone)
    editor = clone.root.parent / "editor"
    editor.write_text('#!/bin/sh\ntouch "$0.open"\nwhile [ ! -e "$0.go" ]; do sleep 0.02; done\necho mine >"$1"\n')
    editor.chmod(0o755)
    clone.change("a.txt", "two\n")
    running = clone.start(*words, GIT_EDITOR=str(editor))
    _until(lambda: Path(f"{editor}.open").exists())
    chat = clone.chat(1)
    assert own(clone).why == "a commit is running"
    Path(f"{editor}.go").touch()
    assert running.wait(20) == 0
    clone.settled()
    clone.git("push", "-q")
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == [chat]


def test_a_git_that_does_not_end(pair: tuple[Remote, Clone]) -> None:
    """A log in a pager, an editor's ``cat-file``: the move waits a moment for them, and is made all the same."""
    remote, clone = pair
    reader = clone.start("cat-file", "--batch", stdin=subprocess.PIPE)
    try:
        chat = clone.chat(1)
        assert own(clone).did == state.DELIVERED
        assert remote.chats() == clone.ids() == [chat]
    finally:
        reader.communicate()


def test_while_the_index_is_locked(pair: tuple[Remote, Clone]) -> None:
    """Somebody else's lock is waited for briefly and never taken away."""
    _remote, clone = pair
    lock = clone.root / ".git" / "index.lock"
    lock.touch()
    clone.chat(1)
    assert own(clone).why == "somebody holds the index"
    assert lock.exists()
    lock.unlink()
    assert own(clone).did == state.DELIVERED


def test_a_branch_checked_out_twice(pair: tuple[Remote, Clone]) -> None:
    """Another work tree on the same branch would find its index behind its HEAD."""
    _remote, clone = pair
    clone.git("worktree", "add", "-q", "--force", str(clone.root.parent / "linked"), "work")
    clone.chat(1)
    assert own(clone).why == "work is checked out in another work tree"
    clone.git("worktree", "remove", "--force", str(clone.root.parent / "linked"))
    assert own(clone).did == state.DELIVERED


def test_in_a_linked_work_tree(pair: tuple[Remote, Clone]) -> None:
    """Records ride on the branch of the work tree they were made in."""
    remote, clone = pair
    clone.git("worktree", "add", "-q", "-b", "side", str(clone.root.parent / "linked"))
    linked = Clone(clone.root.parent / "linked")
    linked.git("push", "-q", "-u", "origin", "side")
    chat = linked.chat(1)
    assert own(linked).did == state.DELIVERED
    assert (remote.chats("side"), remote.chats()) == ([chat], [])
    assert status(linked) == "## side...origin/side\n"
    assert status(clone) == "## work...origin/work\n"


def test_a_submodule_waits(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """A commit in a submodule makes its parent's work tree dirty."""
    remote, _clone = pair
    above = Clone(tmp_path / "above")
    remote.run("init", "-q", str(above.root), cwd=tmp_path)
    above.git("submodule", "add", "-q", "-b", "work", str(remote.path), "sub")
    inner = Clone(above.root / "sub")
    ready(inner)
    inner.chat(1)
    assert own(inner).why == "this is a submodule"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("remote.pushDefault", "other"),
        ("branch.work.pushRemote", "other"),
        ("remote.origin.push", "refs/heads/*:refs/heads/x/*"),
        ("remote.origin.mirror", "true"),
    ],
)
def test_pushes_that_go_elsewhere(pair: tuple[Remote, Clone], key: str, value: str) -> None:
    """Who pushes in a way of their own is left to push it."""
    remote, clone = pair
    clone.git("config", key, value)
    before = remote.tip()
    clone.chat(1)
    assert "sends pushes elsewhere" in own(clone).why
    assert (remote.tip(), clone.waiting()) == (before, 1)


def test_a_branch_without_a_store_waits(pair: tuple[Remote, Clone]) -> None:
    """A branch that was never opted in gets no data, also where the files are staged by now."""
    _remote, clone = pair
    clone.git("switch", "-q", "--orphan", "bare")
    clone.write("x.txt", "x\n")
    clone.git("add", "x.txt")
    clone.git("commit", "-q", "-m", "x")
    clone.chat(1)
    assert own(clone).did == state.WAITS
    clone.opt_in()
    assert own(clone).did == state.WAITS
    assert clone.waiting() == 1


def test_what_may_hold_a_secret_stays(pair: tuple[Remote, Clone]) -> None:
    """The second look comes before a commit of gitml's own as well; what is clean goes."""
    from support.secrets_made import made

    remote, clone = pair
    held = clone.chat(1)
    (part,) = (Path(clone.context.layout.spool)).glob("*/*/chats.jsonl")
    line = json.loads(part.read_text())
    part.write_text(json.dumps(line | {"output": f"the key is {made()['github-token']}"}) + "\n")
    from gitml.store import spool

    spool.close(clone.context.layout)
    chat = clone.chat(2)
    own(clone)
    assert remote.chats() == [chat]
    assert held not in remote.chats()
    assert clone.waiting() == 1


def test_a_stop_hook_delivers_the_turn(pair: tuple[Remote, Clone], home: Path) -> None:
    """Once the Stop hook has returned, a fresh clone of the remote holds the turn; it printed nothing and exits 0."""
    remote, clone = pair
    projects = home / ".claude" / "projects"
    projects.mkdir(parents=True)
    path = varied(SESSION, turns=3, cwd=str(clone.root.resolve())).write(projects)
    for event in ("Stop", "SessionEnd"):
        done = subprocess.run(
            [sys.executable, "-m", "gitml", "hook", "claude"], cwd=clone.root, env=clone.environ(), check=False,
            input=payload(clone.root, SESSION, path, event), capture_output=True, timeout=30,
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(remote.chats()) >= 3
    assert status(clone) == "## work...origin/work\n"
    assert state.last(open_at(str(clone.root)).layout)["did"] == state.NOTHING


def _needs_proc() -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("the system does not tell what other processes do")


def _until(happened: object, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_status_says_why_it_waits(pair: tuple[Remote, Clone]) -> None:
    """What became of the last attempt is shown where it is not well."""
    remote, clone = pair
    clone.chat(1)
    remote.hook("exit 1\n")
    own(clone)
    gitml = [sys.executable, "-m", "gitml", "status"]
    done = subprocess.run(gitml, cwd=clone.root, env=clone.environ(), check=True, capture_output=True, text=True)
    assert "! own commits: the remote refuses, at " in done.stdout
    remote.hook("exit 0\n")
    own(clone)
    done = subprocess.run(gitml, cwd=clone.root, env=clone.environ(), check=True, capture_output=True, text=True)
    assert "own commits:" not in done.stdout


def test_push_by_hand(pair: tuple[Remote, Clone]) -> None:
    """``gitml push`` does what the hook does, to its end, and says what waits and why."""
    remote, clone = pair
    chat = clone.chat(1)
    gitml = [sys.executable, "-m", "gitml", "push"]
    done = subprocess.run(gitml, cwd=clone.root, env=clone.environ(), check=True, capture_output=True, text=True)
    assert done.stdout == "committed 1 part\npushed work\n"
    assert remote.chats() == [chat]
    clone.chat(2)
    remote.path.rename(remote.path.parent / "away")
    done = subprocess.run(gitml, cwd=clone.root, env=clone.environ(), check=False, capture_output=True, text=True)
    assert done.returncode == 3
    assert "work: the remote cannot be reached" in done.stderr
