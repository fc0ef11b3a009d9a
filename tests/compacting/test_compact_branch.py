"""Compaction among branches: ``--branch``, and merges across a compaction."""

from __future__ import annotations

import json
from operator import itemgetter
from pathlib import Path

import pytest
from support.compacting import LIVE, NAMES, Store, chat

from gitml.ops.setup.store_files import ATTRIBUTES


def test_nothing_here_changes(store: Store) -> None:
    """From another branch, with work staged and unstaged: only the new branch appears, on top of main."""
    main = store.head()
    store.git("switch", "-qc", "feature")
    store.write("mine.txt", b"mine\n")
    store.git("add", "mine.txt")
    store.write("mine.txt", b"more\n")
    before, index = store.git("status", "--porcelain"), (store.root / ".git/index").read_bytes()
    store.gitml("compact", "--branch", "aside")
    assert (store.root / ".git/index").read_bytes() == index and store.git("status", "--porcelain") == before
    assert store.git("rev-parse", "aside^").strip() == main
    assert [path for path in store.files("aside") if path.startswith("live/2021")] == []


def test_nothing_to_do_makes_no_branch(store: Store) -> None:
    """Where nothing is old enough."""
    assert "nothing to compact" in store.gitml("compact", "--branch", "aside", "--older-than", "1999-01-01")
    assert store.git("branch", "--list", "aside") == ""


def test_a_branch_of_somebody(store: Store) -> None:
    """A branch that holds anything but an earlier compaction is refused, and so is one that is checked out."""
    store.git("branch", "work")
    assert "more than an earlier compaction" in store.gitml("compact", "--branch", "work", code=2)
    store.git("branch", "aside")
    store.git("switch", "-q", "aside")
    assert "checked out" in store.gitml("compact", "--branch", "aside", code=2)
    assert "no name for a branch" in store.gitml("compact", "--branch", "a..b", code=2)


def test_an_earlier_compaction_is_replaced(store: Store) -> None:
    """The same again changes nothing; once main has gone on, the branch is made anew, and that is said."""
    store.gitml("compact", "--branch", "aside")
    tip = store.git("rev-parse", "aside")
    assert "already" in store.gitml("compact", "--branch", "aside") and store.git("rev-parse", "aside") == tip
    store.part("20210801/000000Z-00000b", [chat(4, "2021-08-01")])
    store.commit()
    assert "--force-with-lease" in store.gitml("compact", "--branch", "aside")
    assert store.git("rev-parse", "aside^") == store.git("rev-parse", "main")


def test_the_side_that_is_ahead(store: Store, tmp_path: Path) -> None:
    """What the remote has counts where it is ahead of the local branch."""
    store.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    store.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    store.git("push", "-q", "-u", "origin", "main")
    store.git("reset", "-q", "--hard", "HEAD~1")
    store.gitml("compact", "--branch", "aside")
    assert store.git("rev-parse", "aside^") == store.git("rev-parse", "origin/main")


def test_young_parts_merge(store: Store) -> None:
    """A branch from before a compaction, with parts of its own, merges into it without a conflict, either way round;
    no record is lost."""
    store.git("branch", "feature")
    store.gitml("compact", "--commit")
    store.git("switch", "-q", "feature")
    store.part("29990102/000000Z-0000ff", [chat(60, "2021-10-05"), chat(1, "2021-10-20", rev=99)])
    feature = store.commit("work")
    store.git("merge", "-q", "--no-edit", "main")
    merged = store.tree()
    store.git("switch", "-q", "main")
    store.git("merge", "-q", "--no-edit", feature)
    assert store.tree() == merged
    assert not any((store.root / LIVE / name).exists() for name in NAMES)
    assert len(store.cat().splitlines()) == 15
    store.gitml("compact", "--commit", "--older-than", "3000-01-01")
    assert len(store.lines("chats.jsonl")) == 15


def test_a_revert_of_a_compaction(store: Store) -> None:
    """Reverting the compaction's own commit brings the parts back; compacting again gives the same."""
    store.gitml("compact", "--commit")
    tree = store.tree()
    store.git("revert", "--no-edit", "HEAD")
    assert (store.root / LIVE / NAMES[0]).exists()
    store.gitml("compact", "--commit")
    assert store.tree() == tree


@pytest.mark.parametrize("union", [False, True])
def test_forced_on_two_branches(store: Store, union: bool) -> None:
    """Branches that each compact on their own, and go on: whatever conflicts in merging them, ``verify --repair``
    unites, and the fold of the merge is the fold of all that either side had."""
    if union:
        store.write(".git-ml/.gitattributes", ATTRIBUTES.encode())
        store.git("add", ".git-ml")
        store.commit("attributes")
    store.git("branch", "side")
    every = store.cat()
    for number, branch in enumerate(("side", "main"), 1):
        store.git("switch", "-q", branch)
        store.part(
            f"2021080{number}/000000Z-00000b", [chat(60 + number, "2021-08-01"), chat(9, "2021-09-01", rev=number)]
        )
        store.part(f"2999010{number}/000000Z-0000ff", [chat(70 + number, "2999-01-02")])
        store.commit("work")
        every += store.cat()
        store.gitml("compact", "--commit", "--force")
        assert [path for path in store.files() if path.startswith("live/2021")] == []
    merged = "conflict" not in store.git("merge", "-m", "merged", "side", code=None).lower()
    assert merged == union
    if not merged:
        store.gitml("verify", "--repair", "--no-secrets")
        store.git("commit", "-q", "-m", "merged")
    assert store.git("ls-files", "-u") == "" and store.git("status", "--porcelain", "--untracked-files=no") == ""
    found = [json.loads(text) for text in store.cat().splitlines()]
    wanted = {
        record["id"]: record["rev"] for record in sorted(map(json.loads, every.splitlines()), key=itemgetter("rev"))
    }
    assert {record["id"]: record["rev"] for record in found} == wanted and len(found) == len(wanted)
    store.gitml("verify", "--no-secrets")
    store.gitml("compact", "--commit")
    assert [json.loads(text) for text in store.cat().splitlines()] == found
