"""Merging needs nothing configured: parts never conflict, and of a base both sides' lines are kept."""

from __future__ import annotations

from pathlib import Path

from support.riding import Clone
from support.verifying import a_chat, commit, damage, line, mend, numbers, verify

from gitml.ops.setup.store_files import ATTRIBUTES
from gitml.store.layout import DATA

BASE = f"{DATA}/tracked/chats.jsonl"


def diverged(clone: Clone, tmp_path: Path) -> Clone:
    """A second clone with parts of its own, and no hook, attribute or setting; both branches pushed to it."""
    commit(clone, 1)
    clone.git("clone", "-q", str(clone.root), str(tmp_path / "other"))
    clone.git("switch", "-qc", "side")
    commit(clone, 2)
    clone.git("switch", "-q", "main")
    commit(clone, 3)
    other = Clone(tmp_path / "other")
    other.git("fetch", "-q")
    return other


def test_parts_merge_by_themselves(clone: Clone, tmp_path: Path) -> None:
    """In a clone that never heard of gitml."""
    other = diverged(clone, tmp_path)
    other.git("merge", "-q", "-X", "theirs", "-m", "one", "origin/side")
    other.git("merge", "-q", "-X", "theirs", "-m", "two", "origin/main")
    assert numbers(other) == ["1", "2", "3"] and damage(verify(other)) == []


def test_parts_merge_on_a_server(clone: Clone, tmp_path: Path) -> None:
    """In a bare clone, where git reads no attributes of the trees."""
    diverged(clone, tmp_path)
    clone.git("checkout", "-q", "side", "--", "a.txt")  # the user's own file is the same on both sides
    clone.git("commit", "-qm", "same", "--no-verify")
    clone.git("clone", "-q", "--bare", str(clone.root), str(tmp_path / "bare.git"))
    bare = Clone(tmp_path / "bare.git")
    tree = bare.git("merge-tree", "--write-tree", "main", "side").split()[0]
    assert bare.git("ls-tree", "-r", "--name-only", tree).count("/chats.jsonl") == 4


def test_union_of_a_base(clone: Clone) -> None:
    """With the attributes init writes, a base that both sides changed merges on the command line, and loses nothing."""
    (clone.root / DATA / ".gitattributes").write_text(ATTRIBUTES)
    for branch, numbers_there in (("main", (1, 2)), ("side", (1, 4, 2)), ("main", (1, 3, 2))):
        clone.git("switch", "-q", branch, code=None)
        clone.change(BASE, b"".join(line(a_chat(number)) for number in numbers_there).decode())
        clone.git("commit", "-qam", "base", "--no-verify")
        if branch == "main":
            clone.git("branch", "side", code=None)
    clone.git("merge", "-q", "-m", "merged", "side")
    assert numbers(clone) == ["1", "2", "3", "4"] and damage(mend(clone).left) == []
