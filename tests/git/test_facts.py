"""Facts read from git's files: operations in progress, index kinds, work trees, branches, remotes, moving refs."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from conftest import Git

from gitml.git import head, inspect, progress, refs, worktrees
from gitml.git.remote import reduced, repo_name
from gitml.git.where import find


def test_operations_in_progress(repo: Path, git: Git) -> None:
    """A real conflict of each kind is seen, and its end."""
    git_dir = str(repo / ".git")
    git(repo, "checkout", "-q", "-b", "side")
    (repo / "a.txt").write_text("side\n")
    git(repo, "commit", "-q", "-am", "side")
    git(repo, "checkout", "-q", "main")
    (repo / "a.txt").write_text("main\n")
    git(repo, "commit", "-q", "-am", "main")
    assert not progress.in_progress(git_dir)
    for start in (["merge", "side"], ["rebase", "side"], ["cherry-pick", "side"]):
        git(repo, *start, check=False)
        assert progress.in_progress(git_dir), start
        git(repo, start[0], "--abort")
        assert not progress.in_progress(git_dir), start
    git(repo, "bisect", "start")
    assert progress.in_progress(git_dir)
    git(repo, "bisect", "reset")
    git(repo, "merge", "--squash", "side", check=False)
    assert not progress.in_progress(git_dir)


def test_index_kinds(repo: Path) -> None:
    """By the file git gave its hook; one of the user's own, wherever it lies, is none of git's."""
    git_dir = str(repo / ".git")
    kinds = {"index": "whole", "index.lock": "whole", "next-index-123.lock": "partial", "other": ""}
    assert {name: progress.index_kind(git_dir, f"{git_dir}/{name}") for name in kinds} == kinds
    assert progress.index_kind(git_dir, "") == ""
    assert progress.index_kind(git_dir, "/tmp/index") == ""


def test_living_work_trees(repo: Path, git: Git, tmp_path: Path) -> None:
    """Removed by git or by hand is gone; locked is not, for its disk may be elsewhere."""
    common = str(repo / ".git")
    for name in ("one", "two", "three"):
        git(repo, "worktree", "add", "-q", str(tmp_path / name))
    git(repo, "worktree", "lock", str(tmp_path / "three"))
    assert worktrees.living(common) == {"main", "one", "two", "three"}
    git(repo, "worktree", "remove", str(tmp_path / "one"))
    shutil.rmtree(tmp_path / "two")
    shutil.rmtree(tmp_path / "three")
    assert worktrees.living(common) == {"main", "three"}


def test_a_relative_work_tree_link(repo: Path, git: Git, tmp_path: Path) -> None:
    """git 2.48 can write the link relative to its own file."""
    git(repo, "worktree", "add", "-q", str(tmp_path / "one"))
    (repo / ".git/worktrees/one/gitdir").write_text("../../../../one/.git\n")
    assert worktrees.living(str(repo / ".git")) == {"main", "one"}
    where = find(str(repo))
    assert where is not None
    assert worktrees.roots(where) == [str(repo), str(tmp_path / "one")]


@pytest.mark.parametrize("name", ["a b", " two\nlines ", "ü", "tab\t", "cr\rx"])
def test_odd_names_of_folders(repo: Path, git: Git, tmp_path: Path, name: str) -> None:
    """A clone and its linked work tree may lie in folders of any name; git's files then hold it as it is."""
    clone, linked = tmp_path / name / "clone", tmp_path / name / "linked"
    clone.parent.mkdir()
    repo.rename(clone)
    git(clone, "worktree", "add", "-q", str(linked))
    where = find(str(linked))
    assert where is not None and where.common_dir == str(clone / ".git") and where.name == "linked"
    assert worktrees.roots(where) == [str(linked), str(clone)]
    assert worktrees.living(where.common_dir) == {"main", "linked"}


def test_a_linked_work_tree_called_main(repo: Path, git: Git, tmp_path: Path) -> None:
    """git may call a linked work tree "main": its spool must not be the clone's own."""
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "main"))
    own, linked = find(str(repo)), find(str(tmp_path / "main"))
    assert own is not None
    assert linked is not None
    assert (own.name, linked.name) == ("main", "main~")
    assert worktrees.living(own.common_dir) == {"main", "main~"}
    assert worktrees.roots(linked) == [str(tmp_path / "main"), str(repo)]


def test_branches(repo: Path, git: Git, tmp_path: Path) -> None:
    """Which is checked out, and which is the default, with and without a remote."""
    git_dir = str(repo / ".git")
    git(repo, "checkout", "-q", "-b", "feature/x")
    assert head.branch(git_dir) == inspect.current_branch(str(repo)) == "feature/x"
    assert inspect.default_branch(str(repo)) == "main"
    git(repo, "checkout", "-q", "--detach")
    assert head.branch(git_dir) == inspect.current_branch(str(repo)) == ""
    assert head.branch(str(tmp_path)) == ""
    git(repo, "branch", "trunk", "main")
    git(repo, "checkout", "-q", "trunk")
    git(tmp_path, "clone", "-q", str(repo), "clone")
    assert inspect.default_branch(str(tmp_path / "clone")) == "trunk"


def test_a_branch_without_a_commit(tmp_path: Path, git: Git) -> None:
    """A repository just made has a branch already."""
    git(tmp_path, "init", "-q", "new")
    assert inspect.current_branch(str(tmp_path / "new")) == inspect.default_branch(str(tmp_path / "new")) == "main"


URLS = {
    "https://github.com/octo/tool.git": "octo/tool",
    "https://user:word@example.com/octo/tool": "octo/tool",
    "https://example.com:8443/group/sub/tool.git/": "sub/tool",
    "git@github.com:octo/tool.git": "octo/tool",
    "ssh://git@example.com:22/octo/tool.git": "octo/tool",
    "host:tool.git": "tool",
    "/srv/people/octo/tool.git": "tool",
    "../tool.git": "tool",
    "file:///srv/octo/tool": "tool",
    "https://example.com/tool.git?x=y#z": "tool",
    "": "",
    "https://example.com": "",
}


@pytest.mark.parametrize(("url", "name"), URLS.items())
def test_remote_addresses(url: str, name: str) -> None:
    """Owner and name, never a host, a user, a password; of a path on this machine its last part alone."""
    assert reduced(url) == name


def test_repository_names(repo: Path, git: Git, tmp_path: Path) -> None:
    """origin first, the only remote else, the folder's name at last; a linked work tree is called as its clone is."""
    common = str(repo / ".git")
    assert repo_name(common, str(repo)) == "repo"
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"))
    linked = find(str(tmp_path / "linked"))
    assert linked is not None
    assert repo_name(linked.common_dir, linked.root) == "repo"
    git(repo, "remote", "add", "up", "https://example.com/up/stream")
    assert repo_name(common, str(repo)) == "up/stream"
    git(repo, "remote", "add", "other", "https://example.com/o/ther")
    assert repo_name(common, str(repo)) == "repo"
    git(repo, "remote", "add", "origin", "https://me:word@example.com/octo/tool.git")
    git(repo, "config", "branch.main.remote", "other")
    assert repo_name(common, str(repo)) == "octo/tool"


MOVES = [
    ["commit", "-q", "--allow-empty", "-m", "x"],
    ["branch", "new"],
    ["branch", "deep/er/new"],
    ["update-ref", "refs/remotes/origin/x", "HEAD"],
    ["checkout", "-q", "--detach"],
]


@pytest.mark.parametrize("move", MOVES, ids=lambda move: " ".join(move[:2]))
def test_moving_refs_are_noticed(repo: Path, git: Git, move: list[str]) -> None:
    """Each way a ref moves changes the stamp; asked twice without a move, it is the same."""
    time.sleep(refs.RACY + 0.1)
    common = str(repo / ".git")
    before = refs.stamp(common)
    assert before == refs.stamp(common) != ""
    git(repo, *move)
    assert refs.stamp(common) != before


def test_tips(repo: Path, git: Git, tmp_path: Path) -> None:
    """Branches, branches of remotes, detached HEADs of any work tree; not tags, not the stash."""
    main = git(repo, "rev-parse", "HEAD").strip()
    git(repo, "worktree", "add", "-q", "--detach", str(tmp_path / "one"))
    git(tmp_path / "one", "commit", "-q", "--allow-empty", "-m", "detached")
    detached = git(tmp_path / "one", "rev-parse", "HEAD").strip()
    tree = git(repo, "rev-parse", "HEAD^{tree}").strip()
    git(repo, "tag", "v1", git(repo, "commit-tree", tree, "-m", "tagged").strip())
    assert refs.tips(str(repo), str(repo / ".git")) == sorted([main, detached])
