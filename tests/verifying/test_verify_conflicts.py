"""Merges that conflict in ``.git-ml/``: repair unites all sides, stages the result, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.riding import LIVE, Clone
from support.verifying import a_chat, commit, damage, line, mend, numbers

from gitml.store.layout import DATA

BASE = f"{DATA}/tracked/chats.jsonl"


def rewrite(clone: Clone, *chats: int | str, message: str = "compacted") -> None:
    """A base file of these chats, committed."""
    clone.change(BASE, b"".join(line(a_chat(number)) for number in chats).decode())
    clone.git("commit", "-qm", message, "--no-verify")


def settled(clone: Clone) -> None:
    """Nothing of ours is in conflict or unstaged, no marker is left, and the store is whole."""
    assert clone.git("ls-files", "-u", "--", DATA) == ""
    assert clone.git("diff", "--name-only", "--", DATA) == ""
    assert "<<<<" not in (clone.root / BASE).read_text()
    assert damage(mend(clone).left) == []


@pytest.fixture
def sides(clone: Clone) -> Clone:
    """Two branches that changed the base in the same place, and a file of the user's as well; on main."""
    rewrite(clone, 1, 2)
    clone.git("branch", "side")
    rewrite(clone, 1, 3, 2)
    clone.change("a.txt", "main\n")
    clone.git("commit", "-qm", "mine", "--no-verify")
    clone.git("switch", "-q", "side")
    rewrite(clone, 1, 4, 5)
    clone.change("a.txt", "side\n")
    clone.git("commit", "-qm", "theirs", "--no-verify")
    clone.git("switch", "-q", "main")
    return clone


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_both_sides_changed_a_base(sides: Clone, style: str) -> None:
    """Every line of both is there; the user's own conflict is still the user's, and the merge can be committed."""
    sides.git("-c", f"merge.conflictStyle={style}", "merge", "side", code=1)
    assert "<<<<" in (sides.root / BASE).read_text()
    assert mend(sides).failed == []
    settled(sides)
    assert numbers(sides) == ["1", "2", "3", "4", "5"]
    assert sides.git("ls-files", "-u", "--", "a.txt") != "" and "<<<<" in (sides.root / "a.txt").read_text()
    sides.change("a.txt", "both\n")
    sides.git("commit", "-qm", "merged")
    assert sides.git("status", "--porcelain") == ""


def test_what_is_staged_stays(sides: Clone) -> None:
    """Staged and unstaged work besides is as it was."""
    sides.git("merge", "side", code=1)
    sides.change("staged.txt", "staged\n")
    sides.write("staged.txt", "and more\n")
    before = sides.git("diff", "--cached", "--", ":!.git-ml"), sides.git("diff", "--", ":!.git-ml")
    mend(sides)
    assert (sides.git("diff", "--cached", "--", ":!.git-ml"), sides.git("diff", "--", ":!.git-ml")) == before


def test_markers_that_were_committed(sides: Clone) -> None:
    """Somebody committed them: the records between them stay, the markers go."""
    sides.git("merge", "side", code=1)
    sides.git("add", "-A")
    sides.git("commit", "-qm", "oops", "--no-verify")
    mend(sides)
    settled(sides)
    assert numbers(sides) == ["1", "2", "3", "4", "5"]


def test_stash_pop(sides: Clone) -> None:
    """A stash that conflicts when it is popped."""
    text = (sides.root / BASE).read_text()
    (sides.root / BASE).write_text(text.replace("prompt 3", "prompt 8").replace("000003", "000008"))
    sides.git("stash", "-q")
    rewrite(sides, 1, 9, 2)
    sides.git("stash", "pop", code=1)
    mend(sides)
    settled(sides)
    assert set(numbers(sides)) >= {"1", "2", "8", "9"}


@pytest.mark.parametrize("mine", ["deletes", "changes"])
def test_modify_and_delete(clone: Clone, mine: str) -> None:
    """One side deleted the base, the other changed it."""
    rewrite(clone, 1)
    clone.git("branch", "side")
    first, second = (("main", "side"), ("side", "main"))[mine == "changes"]
    clone.git("switch", "-q", first)
    clone.git("rm", "-q", BASE)
    clone.git("commit", "-qm", "deleted", "--no-verify")
    clone.git("switch", "-q", second)
    rewrite(clone, 1, 2)
    clone.git("switch", "-q", "main")
    clone.git("merge", "side", code=1)
    mend(clone)
    settled(clone)
    assert numbers(clone) == ["1", "2"]


def test_renamed_on_both_sides(clone: Clone) -> None:
    """Nothing is lost wherever the lines went."""
    rewrite(clone, *range(30))
    clone.git("branch", "side")
    clone.git("mv", BASE, f"{DATA}/tracked/one.jsonl")
    clone.git("commit", "-qm", "one", "--no-verify")
    clone.git("switch", "-q", "side")
    (clone.root / DATA / "tracked" / "archive" / "2026-11").mkdir(parents=True)
    clone.git("mv", BASE, f"{DATA}/tracked/archive/2026-11/chats.jsonl")
    clone.git("commit", "-qm", "two", "--no-verify")
    clone.git("merge", "main", code=1)
    mend(clone)
    assert clone.git("ls-files", "-u") == ""
    assert numbers(clone) == sorted(map(str, range(30)))


def test_added_on_both_sides(clone: Clone) -> None:
    """Two clones opted in apart from one another: base files of both are one."""
    clone.git("checkout", "-q", "--orphan", "other")
    clone.change(BASE, line(a_chat(1)).decode())
    clone.git("commit", "-qm", "other", "--no-verify")
    clone.git("switch", "-q", "main")
    rewrite(clone, 2)
    clone.git("merge", "other", "--allow-unrelated-histories", code=1)
    mend(clone)
    settled(clone)
    assert numbers(clone) == ["1", "2"]


def test_a_folded_part_is_reverted(clone: Clone) -> None:
    """The part went into the base; reverting the commit that brought it conflicts, and nothing is lost."""
    (part,) = commit(clone, *range(20))
    carrying = clone.git("rev-parse", "HEAD").strip()
    text = part.read_bytes()
    clone.git("rm", "-q", str(part))
    clone.change(BASE, (text + line(a_chat(77))).decode())
    clone.git("commit", "-qm", "folded", "--no-verify")
    commit(clone, 50)
    clone.git("revert", "--no-edit", carrying, code=None)
    mend(clone)
    settled(clone)
    assert numbers(clone) == sorted(map(str, [*range(20), 50, 77]))


def test_a_part_in_conflict(clone: Clone) -> None:
    """The part keeps the bytes its commit gave it; what another side made of it is in the spool."""
    (part,) = commit(clone, 1)
    whole = part.read_bytes()
    clone.git("branch", "side")
    part.write_bytes(line(a_chat(2)))
    clone.git("commit", "-qam", "edited", "--no-verify")
    clone.git("switch", "-q", "side")
    part.write_bytes(line(a_chat(3)))
    clone.git("commit", "-qam", "edited", "--no-verify")
    clone.git("merge", "main", code=1)
    mend(clone)
    settled(clone)
    assert numbers(clone) == ["1", "2", "3"] and part.read_bytes() in (line(a_chat(2)), line(a_chat(3)), whole)


def test_settings_in_conflict(clone: Clone) -> None:
    """They are no records: told, left to whoever merges, and verify works without them."""
    clone.git("branch", "side")
    for branch, days in (("main", 1), ("side", 2)):
        clone.git("switch", "-q", branch)
        clone.change(f"{DATA}/config.toml", f"keep_sealed_days = {days}\n")
        rewrite(clone, days)
    clone.git("switch", "-q", "main")
    clone.git("merge", "side", code=1)
    left = mend(clone).left
    assert [one.path for one in left.findings if one.severity == "damage"] == [f"{DATA}/config.toml"]
    assert clone.git("ls-files", "-u", "--", BASE) == ""


def test_compacted_on_two_branches(clone: Clone, tmp_path: Path) -> None:
    """Parts folded into the base on both sides, other parts added: united, in whatever way git conflicts."""
    (one,), (two,) = commit(clone, 1), commit(clone, 2)
    texts = one.read_bytes(), two.read_bytes()
    clone.git("branch", "side")
    for branch, part, text, more in (("main", one, texts[0], 3), ("side", two, texts[1], 4)):
        clone.git("switch", "-q", branch)
        clone.git("rm", "-q", str(part))
        clone.change(BASE, (text + line(a_chat(f"late{more}"))).decode())
        clone.git("commit", "-qm", "folded", "--no-verify")
        commit(clone, more)
    clone.git("switch", "-q", "main")
    clone.git("merge", "-q", "-m", "merged", "side", code=None)
    mend(clone)
    settled(clone)
    assert numbers(clone) == ["1", "2", "3", "4", "late3", "late4"]
    assert f"{LIVE}/" in clone.git("ls-files", LIVE)
