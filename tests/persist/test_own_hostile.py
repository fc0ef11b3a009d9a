"""Commits of gitml's own where somebody means harm, or settings lead elsewhere: nothing is written or pushed there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.persisting import Remote, own, shared, status
from support.riding import LIVE, Clone

from gitml.ops.persist import state


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Remote, Clone]:
    return shared(tmp_path)


def tree_with(clone: Clone, tree: str, names: list[str], blob: str) -> str:
    """The id of a tree that holds the blob at that path besides, by names that git itself may not take."""
    listed = clone.git("ls-tree", tree).splitlines() if tree else []
    inner = next((line.split()[2] for line in listed if line.endswith(f"\t{names[0]}")), "")
    kept = [line for line in listed if not line.endswith(f"\t{names[0]}")]
    kind = f"040000 tree {tree_with(clone, inner, names[1:], blob)}" if names[1:] else f"100644 blob {blob}"
    return piped(clone, "\n".join([*kept, f"{kind}\t{names[0]}"]) + "\n", "mktree")


def piped(clone: Clone, text: str, *command: str) -> str:
    done = subprocess.run(["git", *command], cwd=clone.root, input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def evil(clone: Clone, path: str) -> None:
    """Let the remote's branch have a file at that path below ``live``."""
    blob = piped(clone, '{"id": "evil"}\n', "hash-object", "-w", "--stdin")
    tree = tree_with(clone, "HEAD^{tree}", [*LIVE.split("/"), *path.split("/")], blob)
    commit = clone.git("commit-tree", "-p", "HEAD", "-m", "evil", tree).strip()
    clone.git("push", "-q", "--no-verify", "origin", f"{commit}:refs/heads/work")
    clone.git("update-ref", "refs/remotes/origin/work", "HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "../../../planted.txt",
        "../../../.git/planted",
        "../../../../planted.txt",
        ".git/config",
        "20261120/150332Z-7f3a9c/../../../../planted.txt",
        "20261120/150332Z-7f3a9c/.git/config",
        "notes.md",
    ],
)
def test_names_of_others_reach_no_other_file(pair: tuple[Remote, Clone], path: str) -> None:
    """What others add on the remote is followed where it is parts alone; any other name is their work to pull."""
    remote, clone = pair
    evil(clone, path)
    before = {str(one) for one in clone.root.parent.rglob("*") if "objects" not in one.parts}
    chat = clone.chat(1)
    own(clone)
    own(clone)
    new = {str(one) for one in clone.root.parent.rglob("*") if "objects" not in one.parts} - before
    assert not [name for name in new if "planted" in name or name.endswith((".git/config", "notes.md"))]
    assert clone.git("status", "--porcelain") == ""
    assert chat in remote.chats() and clone.waiting() == 0


def test_work_trees_at_the_same_instant(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """Four work trees of one clone deliver at once while all of their branches have moved on at the remote: each one
    reaches its own branch."""
    remote, clone = pair
    other = remote.clone(tmp_path / "b")
    trees = {}
    for name in ("p", "q", "r", "s"):
        root = tmp_path / f"tree-{name}"
        clone.git("worktree", "add", "-q", "-b", name, str(root))
        trees[name] = Clone(root)
        trees[name].git("push", "-q", "-u", "origin", name)
        other.git("fetch", "-q")
        other.git("switch", "-q", name)
        other.chat(f"o{name}")
        assert own(other).did == state.DELIVERED
    chats = {name: tree.chat(name) for name, tree in trees.items()}
    code = "import sys; from gitml.ops.context import open_at; from gitml.ops.persist.deliver import deliver; "
    code += "o = deliver(open_at('.'), 60); sys.exit(o.did + ': ' + o.why if o.did != 'delivered' else 0)"
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=tree.root) for tree in trees.values()]
    assert [process.wait(60) for process in running] == [0] * 4
    for name, chat in chats.items():
        assert chat in remote.chats(name) and len(remote.chats(name)) == 2
        assert status(trees[name]) == f"## {name}...origin/{name}\n"


def test_a_branch_name_below_one_that_was_pushed_ahead(pair: tuple[Remote, Clone], tmp_path: Path) -> None:
    """Branches `a` and later `a/b`, both pushed ahead of: what is kept of the first is not in the second one's way."""
    remote, clone = pair
    other = remote.clone(tmp_path / "b")
    for name in ("a", "a/b"):
        clone.git("switch", "-q", "-c", name, "main")
        clone.git("push", "-q", "-u", "origin", name)
        other.git("fetch", "-q", "--prune")
        other.git("switch", "-q", name)
        other.change("theirs.txt", f"{name}\n")
        other.git("commit", "-q", "-m", "theirs", "--no-verify")
        other.git("push", "-q")
        chat = clone.chat(name.replace("/", "-"))
        assert own(clone).did == state.DELIVERED
        assert own(clone).did == state.NOTHING
        assert chat in remote.chats(name) and clone.waiting() == 0
        for one in (clone, other):
            one.git("switch", "-q", "main")
            one.git("branch", "-q", "-D", name)
        clone.git("push", "-q", "origin", f":{name}")


def test_a_branch_deleted_everywhere_gives_back_what_was_pushed_ahead(
    pair: tuple[Remote, Clone], tmp_path: Path
) -> None:
    """Records that only the remote's branch had wait again once that branch is gone here and there."""
    remote, clone = pair
    other = remote.clone(tmp_path / "b")
    other.change("theirs.txt", "theirs\n")
    other.git("commit", "-q", "-m", "theirs", "--no-verify")
    other.git("push", "-q")
    chat = clone.chat(1)
    assert own(clone).did == state.DELIVERED
    clone.git("switch", "-q", "-c", "next", "main")
    clone.git("branch", "-q", "-D", "work")
    clone.git("push", "-q", "origin", ":work")
    clone.git("push", "-q", "-u", "origin", "next")
    for _ in range(2):
        own(clone)
    assert chat in remote.chats("next")


@pytest.mark.parametrize("remote_of", ["https://nowhere.invalid/x.git", "gone"])
def test_a_branch_that_belongs_to_another_place(
    pair: tuple[Remote, Clone], monkeypatch: pytest.MonkeyPatch, remote_of: str
) -> None:
    """A branch whose remote is an address, or none that there is, goes to no other remote by its name alone."""
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")
    remote, clone = pair
    clone.git("switch", "-q", "-c", "theirs", "main")
    clone.git("config", "branch.theirs.remote", remote_of)
    clone.git("config", "branch.theirs.merge", "refs/heads/theirs")
    clone.chat(1)
    assert own(clone).did == state.COMMITTED
    assert remote.tip("theirs") == ""
