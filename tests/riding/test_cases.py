"""Every way to commit: what the commit carries, what the work tree looks like after it, what the spool keeps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.riding import LIVE, Clone, opted_in

from gitml.store.layout import DATA


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo)


def settle_and_check(clone: Clone, *, carried: bool) -> None:
    """Clean at once and after everything settled; what was carried left the spool, all else waits."""
    assert clone.status() == ""
    clone.settled()
    assert clone.status() == ""
    assert (clone.waiting(), clone.kept()) == ((0, 1) if carried else (1, 0))


def test_a_plain_commit_carries(clone: Clone) -> None:
    """Records ride with an ordinary commit; nothing is printed, nothing stays staged or untracked."""
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "work") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


@pytest.mark.parametrize("options", [["-a"], ["-a", "--amend"], ["--include", "a.txt"]], ids=" ".join)
def test_commits_from_a_locked_index_carry(clone: Clone, options: list[str]) -> None:
    """``-a`` and ``--include`` commit from ``index.lock``: our paths are in it, and in the index after it."""
    chat = clone.chat(1)
    clone.write("a.txt", "changed\n")
    assert clone.git("commit", "-q", "-m", "work", *options) == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_an_interactive_commit_carries(clone: Clone) -> None:
    """``-p`` commits the chosen hunk and our parts; the hunk that was not chosen stays as it was."""
    chat = clone.chat(1)
    clone.write("a.txt", "".join(f"{n}\n" for n in range(40)))
    clone.git("commit", "-q", "-am", "long")
    clone.settled()
    assert clone.ids() == [chat]
    clone.chat(2)
    clone.write("a.txt", "first\n" + "".join(f"{n}\n" for n in range(40)) + "last\n")
    subprocess.run(
        ["git", "commit", "-q", "-p", "-m", "one hunk"], cwd=clone.root, env=clone.environ(), input=b"y\nn\n",
        check=True, capture_output=True,
    )  # fmt: skip
    assert len(clone.ids()) == 2
    assert clone.status() == " M a.txt\n"
    clone.settled()
    assert clone.status() == " M a.txt\n"
    assert "+last" in clone.git("diff")


def test_an_amend_with_something_staged_carries(clone: Clone) -> None:
    """Amending content is a commit like any other."""
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "--amend", "--no-edit") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_a_squash_merge_carries(clone: Clone) -> None:
    """The commit that ends ``merge --squash`` is an ordinary one."""
    clone.git("checkout", "-q", "-b", "side")
    clone.change("c.txt", "side\n")
    clone.git("commit", "-q", "-m", "side")
    clone.git("checkout", "-q", "main")
    chat = clone.chat(1)
    clone.git("merge", "-q", "--squash", "side")
    assert clone.git("commit", "-q", "-m", "squashed") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_a_detached_head_carries(clone: Clone) -> None:
    """A commit on no branch carries; it is on a HEAD, so its parts count as held."""
    clone.git("checkout", "-q", "--detach")
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "work") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_a_commit_from_a_subdirectory_carries(clone: Clone) -> None:
    """Where the person stands does not matter."""
    chat = clone.chat(1)
    clone.change("deep/er/b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "work", cwd=clone.root / "deep" / "er") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


@pytest.mark.parametrize("name", ["linked", "main"])
def test_a_linked_work_tree_carries_its_own_spool(clone: Clone, tmp_path: Path, name: str) -> None:
    """Records ride on the branch they were made on, from the work tree they were made in."""
    clone.git("worktree", "add", "-q", "-b", "side", str(tmp_path / name))
    linked = Clone(tmp_path / name)
    clone.chat(1)
    chat = linked.chat(2)
    linked.change("b.txt", "two\n")
    assert linked.git("commit", "-q", "-m", "work") == ""
    assert linked.ids() == [chat]
    settle_and_check(linked, carried=True)
    assert clone.status() == ""
    assert clone.waiting() == 1


def test_a_work_tree_that_is_gone_leaves_its_spool_to_the_next_commit(clone: Clone, tmp_path: Path) -> None:
    """``worktree remove`` loses nothing: the next commit elsewhere carries what waited there."""
    clone.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    chat = Clone(tmp_path / "linked").chat(1)
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "the other lives")
    assert clone.ids() == []
    clone.git("worktree", "remove", "--force", str(tmp_path / "linked"))
    clone.change("b.txt", "three\n")
    assert clone.git("commit", "-q", "-m", "the other is gone") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_a_sparse_work_tree_carries(clone: Clone) -> None:
    """``.git-ml`` outside the sparse patterns is no obstacle: the part alone of it is then in the work tree."""
    clone.change("src/b.txt", "two\n")
    clone.git("commit", "-q", "--no-verify", "-m", "src", GITML="off")
    clone.git("sparse-checkout", "set", "--no-cone", "/src/", f"/{DATA}/config.toml")
    chat = clone.chat(1)
    clone.change("src/b.txt", "three\n")
    assert clone.git("commit", "-q", "-m", "work") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_a_submodule_carries_its_own(clone: Clone, tmp_path: Path) -> None:
    """In a submodule git gives the hook GIT_DIR; the submodule's commits carry the submodule's records."""
    upper = tmp_path / "upper"
    upper.mkdir()
    clone.git("init", "-q", cwd=upper)
    clone.git("submodule", "add", "-q", str(clone.root), "sub", cwd=upper)
    clone.git("commit", "-q", "-m", "sub", cwd=upper)
    inner = Clone(upper / "sub")
    Path(inner.context.layout.local).mkdir()
    inner.install()
    chat = inner.chat(1)
    inner.change("b.txt", "two\n")
    assert inner.git("commit", "-q", "-m", "work") == ""
    assert inner.ids() == [chat]
    settle_and_check(inner, carried=True)
    assert clone.git("status", "--porcelain", cwd=upper) == " M sub\n"


@pytest.mark.parametrize(
    "options",
    [["--amend", "-m", "reworded"], ["--allow-empty", "-m", "empty"]],
    ids=["message-only amend", "allow-empty"],
)
def test_a_commit_without_content_carries_nothing(clone: Clone, options: list[str]) -> None:
    """Nothing of the user's is staged: such a commit stays what it is, and the spool waits."""
    clone.chat(1)
    assert clone.git("commit", "-q", *options) == ""
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


def test_nothing_staged_stays_nothing(clone: Clone) -> None:
    """``git commit`` with nothing staged fails as ever, and leaves nothing of ours staged."""
    clone.chat(1)
    clone.git("commit", "-q", "-m", "nothing", code=1)
    settle_and_check(clone, carried=False)


def test_no_verify_skips_the_hook(clone: Clone) -> None:
    """``--no-verify``: the records wait for the next commit, which carries them."""
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "--no-verify", "-m", "quick") == ""
    settle_and_check(clone, carried=False)
    clone.change("b.txt", "three\n")
    clone.git("commit", "-q", "-m", "work")
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def diverged(clone: Clone, name: str = "a.txt") -> None:
    """Branch ``side`` and main both changed a file."""
    clone.git("checkout", "-q", "-b", "side")
    clone.change(name, "side\n")
    clone.git("commit", "-q", "-m", "side")
    clone.git("checkout", "-q", "main")
    clone.change("a.txt", "main\n")
    clone.git("commit", "-q", "-m", "main")


def test_a_merge_carries_nothing(clone: Clone) -> None:
    """A merge commit is made by git alone."""
    diverged(clone, "c.txt")
    clone.chat(1)
    clone.git("merge", "-q", "side")
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


def test_a_merge_ended_by_hand_carries_nothing(clone: Clone) -> None:
    """After a conflict the person's own ``git commit`` ends the merge; MERGE_HEAD says so."""
    diverged(clone)
    clone.chat(1)
    clone.git("merge", "-q", "side", code=1)
    clone.change("a.txt", "both\n")
    clone.git("commit", "-q", "-m", "merged")
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


def test_a_rebase_with_a_conflict_carries_nothing(clone: Clone) -> None:
    """Neither the picks nor the commit that ``--continue`` makes."""
    diverged(clone)
    clone.chat(1)
    clone.git("rebase", "-q", "side", code=1)
    clone.change("a.txt", "both\n")
    clone.git("rebase", "--continue", GIT_EDITOR="true")
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


@pytest.mark.parametrize("picking", [["cherry-pick", "side"], ["revert", "--no-edit", "HEAD"]], ids=" ".join)
def test_picking_carries_nothing(clone: Clone, picking: list[str]) -> None:
    """cherry-pick and revert run no pre-commit, but post-commit."""
    diverged(clone, "c.txt")
    clone.chat(1)
    clone.git(*picking)
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


def test_a_pick_ended_by_hand_carries_nothing(clone: Clone) -> None:
    """CHERRY_PICK_HEAD: the commit after the conflict is the pick's."""
    diverged(clone)
    clone.chat(1)
    clone.git("cherry-pick", "side", code=1)
    clone.change("a.txt", "both\n")
    clone.git("commit", "-q", "--no-edit")
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


def test_stashing_leaves_the_spool_alone(clone: Clone) -> None:
    """Stash and pop: nothing of ours is in it."""
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    clone.git("stash", "-q")
    settle_and_check(clone, carried=False)
    clone.git("stash", "pop", "-q", "--index")
    clone.git("commit", "-q", "-m", "work")
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


@pytest.mark.parametrize("options", [["a.txt"], ["--only", "a.txt"]], ids=" ".join)
def test_a_partial_commit_carries_and_the_index_is_repaired(clone: Clone, options: list[str]) -> None:
    """Who always commits by path carries too; the next commit must not delete it again."""
    chat = clone.chat(1)
    clone.write("a.txt", "changed\n")
    clone.change("staged.txt", "not now\n")
    clone.write("staged.txt", "and more\n")
    clone.git("commit", "-q", "-m", "by path", *options)
    assert clone.ids() == [chat]
    assert clone.status() == "AM staged.txt\n"
    clone.settled()
    assert clone.status() == "AM staged.txt\n"
    assert (clone.waiting(), clone.kept()) == (0, 1)
    clone.git("commit", "-q", "-m", "the rest")
    assert clone.ids() == [chat]


def test_an_unborn_branch_without_records_carries_nothing(tmp_path: Path) -> None:
    """The first commit of a repository that was not opted in."""
    clone = Clone(tmp_path / "new")
    clone.root.mkdir()
    clone.git("init", "-q")
    Path(clone.context.layout.local).mkdir()
    clone.install()
    clone.chat(1)
    clone.change("a.txt", "one\n")
    assert clone.git("commit", "-q", "-m", "first") == ""
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


def test_the_commit_that_brings_the_store_carries(tmp_path: Path) -> None:
    """``gitml init`` staged ``.git-ml/``: that commit is opted in, also as the first of all."""
    clone = Clone(tmp_path / "new")
    clone.root.mkdir()
    clone.git("init", "-q")
    clone.opt_in()
    clone.install()
    chat = clone.chat(1)
    assert clone.git("commit", "-q", "-m", "first") == ""
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_a_branch_that_never_opted_in_carries_nothing(clone: Clone) -> None:
    """A branch without ``.git-ml/`` stays without; the spool waits."""
    clone.git("checkout", "-q", "--orphan", "other")
    clone.git("rm", "-q", "-r", "--cached", DATA)
    clone.git("clean", "-q", "-fdx", DATA)
    clone.chat(1)
    assert clone.git("commit", "-q", "-m", "other") == ""
    assert clone.ids() == []
    settle_and_check(clone, carried=False)


def test_the_commit_that_removes_the_store_carries_nothing(clone: Clone) -> None:
    """Opting out: the commit that deletes ``.git-ml/`` must not bring it back."""
    clone.chat(1)
    clone.git("rm", "-q", "-r", DATA)
    clone.git("commit", "-q", "-m", "no records any more")
    assert clone.git("ls-tree", "HEAD", "--", DATA) == ""
    assert clone.waiting() == 1


@pytest.mark.parametrize("off", ["GITML", "paused", "no local state"])
def test_switched_off(clone: Clone, off: str) -> None:
    """GITML=off, ``gitml pause``, a clone that was never set up: hooks do nothing at all."""
    local = Path(clone.context.layout.local)
    clone.chat(1)
    if off == "paused":
        (local / "paused").touch()
    if off == "no local state":
        local.rename(local.with_name("elsewhere"))
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "work", GITML="off" if off == "GITML" else "") == ""
    assert clone.ids() == []
    assert clone.status() == ""
    assert not (local / "commits.pending").exists()


def test_without_gitml_on_the_path(clone: Clone, tmp_path: Path) -> None:
    """Somebody else's machine: the hook's text alone, silent; nor is anything in the work tree run in its place."""
    clone.chat(1)
    trap = tmp_path / "trapped"
    clone.write("gitml", f"#!/bin/sh\ntouch {trap}\n")
    (clone.root / "gitml").chmod(0o755)
    (Path(clone.context.layout.local) / "bin").write_text("gitml\n")
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not (Path(p) / "gitml").exists())
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "work", PATH=f".{os.pathsep}{path}") == ""
    assert clone.ids() == []
    assert not trap.exists()


def test_the_noted_path_is_used_where_path_lacks_gitml(clone: Clone) -> None:
    """Programs with a window start git with a PATH of their own; ``gitml/bin`` says where gitml is."""
    chat = clone.chat(1)
    (Path(clone.context.layout.local) / "bin").write_text(f"{Path(sys.executable).parent / 'gitml'}\n")
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not (Path(p) / "gitml").exists())
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "work", PATH=path) == ""
    assert clone.ids() == [chat]


def test_what_the_user_staged_is_untouched(clone: Clone) -> None:
    """Entries, intent-to-add, modes and unstaged edits are what they were, but for the commit itself."""
    clone.chat(1)
    clone.change("b.txt", "two\n")
    clone.write("run.sh", "#!/bin/sh\n")
    (clone.root / "run.sh").chmod(0o755)
    clone.git("add", "run.sh")
    clone.write("later.txt", "later\n")
    clone.git("add", "--intent-to-add", "later.txt")
    clone.write("b.txt", "three\n")
    before = clone.git("ls-files", "-s", "-t", "--", ".", f":(exclude){LIVE}")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert clone.git("ls-files", "-s", "-t", "--", ".", f":(exclude){LIVE}") == before
    assert clone.status() == " M b.txt\n A later.txt\n"


def test_pathspec_settings_of_the_caller(clone: Clone) -> None:
    """``git --literal-pathspecs commit`` hands its setting to hooks; ours still tells what is staged."""
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    clone.git("--literal-pathspecs", "commit", "-q", "-m", "work")
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)


def test_an_index_of_the_users_own(clone: Clone, tmp_path: Path) -> None:
    """Somebody commits from an index file of their own: not ours to touch."""
    clone.chat(1)
    index = str(tmp_path / "index")
    clone.git("read-tree", "HEAD", GIT_INDEX_FILE=index)
    clone.write("b.txt", "two\n")
    clone.git("add", "b.txt", GIT_INDEX_FILE=index)
    clone.git("commit", "-q", "-m", "work", GIT_INDEX_FILE=index)
    assert clone.ids() == []
    assert clone.waiting() == 1


def test_sha256(tmp_path: Path) -> None:
    """Ids twice as long, the same rules."""
    clone = Clone(tmp_path / "new")
    clone.root.mkdir()
    clone.git("init", "-q", "--object-format=sha256")
    clone.opt_in()
    clone.git("commit", "-q", "-m", "records")
    clone.install()
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    assert clone.ids() == [chat]
    settle_and_check(clone, carried=True)
