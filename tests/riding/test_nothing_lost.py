"""Random histories: whatever is done with git and to gitml, every record stays in the spool, a copy, or a branch."""

from __future__ import annotations

import fcntl
import json
import random
import threading
from pathlib import Path

import pytest
from support.riding import LIVE, Clone, opted_in

from gitml.git.refs import branches, tips
from gitml.ops.riding.settle import settle
from gitml.store import spool
from gitml.store.files import entries


class Walk:
    """A person, an agent and mishaps, one step after the other."""

    def __init__(self, clone: Clone, seed: int) -> None:
        self.clone = clone
        self.random = random.Random(seed)
        self.number = 0
        self.chats: set[str] = set()

    def step(self) -> str:
        name = self.random.choice([name for name in dir(self) if name.startswith("do_")])
        getattr(self, name)()
        return name

    def edit(self) -> None:
        self.number += 1
        self.clone.change(f"file{self.random.randrange(4)}.txt", f"{self.number}\n")

    def do_chat(self) -> None:
        self.number += 1
        self.chats.add(self.clone.chat(self.number))

    def do_commit(self) -> None:
        self.edit()
        options = self.random.choice([["-a"], [], ["--no-verify"], ["--amend"], ["--allow-empty"]])
        self.clone.git("commit", "-q", "-m", "work", *options, code=None)

    def do_commit_by_path(self) -> None:
        self.edit()
        self.clone.write("a.txt", f"{self.number}\n")
        self.clone.git("commit", "-q", "-m", "by path", "--", "a.txt", code=None)

    def do_fail(self) -> None:
        self.edit()
        self.clone.git("commit", "-q", code=None, GIT_EDITOR="false")

    def do_reset(self) -> None:
        how = self.random.choice(["--hard", "--soft", "--mixed"])
        if self.opted_in("HEAD~1"):
            self.clone.git("reset", "-q", how, "HEAD~1", code=None)

    def do_branch(self) -> None:
        self.number += 1
        start = self.random.choice(["HEAD", "HEAD~1", "main"])
        self.clone.git("stash", "-q", code=None)
        if self.opted_in(start):
            self.clone.git("checkout", "-q", "-b", f"b{self.number}", start, code=None)

    def do_main(self) -> None:
        self.clone.git("checkout", "-q", "-f", "main", code=None)

    def do_merge(self) -> None:
        branch = self.random.choice(self.branches())
        options = self.random.choice([["--squash"], ["--no-ff"], []])
        self.clone.git("merge", "-q", "-m", "merged", *options, branch, code=None)
        self.clone.git("commit", "-q", "-m", "merged", code=None)
        self.clone.git("merge", "--abort", code=None)
        self.clone.git("reset", "-q", "--hard", code=None)

    def do_delete_branch(self) -> None:
        branch = self.random.choice(self.branches())
        if branch != "main":
            self.clone.git("branch", "-q", "-D", branch, code=None)

    def do_revert(self) -> None:
        self.clone.git("stash", "-q", code=None)
        if not self.opted_in("HEAD~1"):
            return
        self.clone.git("revert", "--no-edit", "HEAD", code=None)
        self.clone.git("revert", "--abort", code=None)

    def do_rebase(self) -> None:
        self.clone.git("stash", "-q", code=None)
        self.clone.git("rebase", "-q", self.random.choice(self.branches()), code=None)
        self.clone.git("rebase", "--abort", code=None)

    def do_clean(self) -> None:
        self.clone.git("reset", "-q", "--hard")
        self.clone.git("clean", "-q", "-fdx", code=None)

    def do_settle(self) -> None:
        settle(self.clone.context)

    def opted_in(self, commit: str) -> bool:
        """Whether a commit has a store; the walk never leaves those that do."""
        return self.clone.git("ls-tree", commit, "--", ".git-ml/config.toml", code=None).startswith("100644")

    def branches(self) -> list[str]:
        return self.clone.git("branch", "--format=%(refname:short)").split("\n")[:-1]

    def held(self) -> set[str]:
        """Chats in the spool and in any branch."""
        clone = self.clone
        found = {chat for part in spool.parts(clone.context.layout) for chat in ids_in(Path(part.path))}
        for tip in tips(str(clone.root), clone.context.where.common_dir):
            found.update(clone.ids(tip))
        return found


def ids_in(folder: Path) -> set[str]:
    lines = [line for entry in entries(str(folder)) for line in Path(entry.path).read_text().splitlines()]
    return {json.loads(line)["id"] for line in lines}


@pytest.mark.parametrize("seed", range(6))
def test_random_histories_lose_nothing(repo: Path, seed: int) -> None:
    """After thirty steps and one look by gitml, every chat is in the spool or in a branch."""
    clone = opted_in(repo)
    walk = Walk(clone, seed)
    steps = [walk.step() for _ in range(30)]
    clone.settled()
    settle(clone.context)
    assert walk.held() == walk.chats, steps
    clone.git("checkout", "-q", "-f", "main")
    clone.git("reset", "-q", "--hard")
    clone.git("clean", "-q", "-fd")
    assert clone.status() == ""
    settle(clone.context)
    walk.do_chat()
    walk.edit()
    clone.git("commit", "-q", "-m", "the last")
    clone.settled()
    assert clone.status() == ""
    assert spool.parts(clone.context.layout) == []
    assert walk.held() == walk.chats, steps


def test_commits_in_two_work_trees_while_sessions_write(repo: Path, tmp_path: Path) -> None:
    """Two people commit in two work trees, sessions append meanwhile: no record lost, none doubled, all clean."""
    clone = opted_in(repo)
    clone.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    trees = [clone, Clone(tmp_path / "linked")]
    chats: list[list[str]] = [[], []]

    def talk(which: int) -> None:
        chats[which].extend(trees[which].chat(f"{which}{number:03}") for number in range(40))

    def work(which: int) -> None:
        for number in range(6):
            trees[which].change("b.txt", f"{number}\n")
            assert trees[which].git("commit", "-q", "-m", "work") == ""

    threads = [threading.Thread(target=job, args=(which,)) for which in (0, 1) for job in (talk, work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for which, tree in enumerate(trees):
        tree.settled()
        settle(tree.context)
        waiting = {chat for part in spool.parts(tree.context.layout) for chat in ids_in(Path(part.path))}
        carried = tree.ids()
        assert len(carried) == len(set(carried))
        assert waiting | set(carried) == set(chats[which])
        assert tree.status() == ""
        assert tree.git("ls-files", "--others", "--", LIVE) == ""


def test_branches_are_read_under_the_lock(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read before it, they may be older than a copy another work tree kept since: that one would come back."""
    clone = opted_in(repo)
    clone.chat(1)
    clone.change("b.txt", "two\n")
    held: list[bool] = []

    def watched(root: str) -> dict[str, str]:
        with Path(clone.context.layout.lock).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.append(True)
            else:
                held.append(False)
        return branches(root)

    clone.git("commit", "-q", "-m", "work", "--no-verify")
    monkeypatch.setattr("gitml.git.refs.branches", watched)
    settle(clone.context)
    assert held == [True]
