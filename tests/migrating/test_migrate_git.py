"""Shared files, which bear the base's names: moved on the default branch, whatever git has done with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.kills import killed_at
from support.migrating import bytes_below, gitml, lines, records, take_in
from support.old_layout import DAY, IDS, SESSION, chat
from support.riding import Clone
from support.secrets_made import made
from support.stores import files_below

OWN = {
    "id": f"chat-20261120-150332-{7:06x}", "timestamp": "2026-11-20T15:03:32.000Z", "session_id": "s1", "input": "new",
    "output": "done", "tools": [], "files": [], "updated_at": "2026-11-20T15:03:33.000Z", "deriver": 1, "rev": 2,
}  # fmt: skip


def base(clone: Clone, stream: str = "chats") -> Path:
    return clone.root / ".git-ml" / "tracked" / f"{stream}.jsonl"


def legacy(clone: Clone, stream: str = "chats") -> Path:
    return clone.root / ".git-ml" / "legacy" / f"{stream}.jsonl"


def append(path: Path, *values: object) -> None:
    """As a running tool appends."""
    with path.open("a") as file:
        for value in values:
            file.write((value if isinstance(value, str) else json.dumps(value)) + "\n")


def test_moved_whole_and_staged(clone: Clone) -> None:
    """A file without a line of gitml's own moves byte for byte, an empty base takes its place, both are staged, and
    nothing else of the user's is."""
    before = {stream: base(clone, stream).read_bytes() for stream in ("chats", "commits", "sessions")}
    clone.write("mine.txt", "not staged\n")
    take_in(clone)
    for stream, data in before.items():
        assert legacy(clone, stream).read_bytes() == data and base(clone, stream).read_bytes() == b""
    clone.git("commit", "-q", "-m", "moved")
    clone.settled()
    assert clone.status() == "?? mine.txt\n"
    assert clone.git("log", "--follow", "--format=%s", "--", ".git-ml/legacy/commits.jsonl").count("older records") == 1


def test_a_base_with_old_lines_among_its_own(bare: Clone) -> None:
    """A tool that still runs appends to our base: its lines move and are taken in, ours stay, byte for byte."""
    own = json.dumps(OWN, separators=(",", ":"))
    append(base(bare), own, chat(1), "{torn", own.replace("new", "newer"), chat(2))
    bare.git("commit", "-qam", "both")
    bare.settled()
    report = take_in(bare)
    assert base(bare).read_text() == own + "\n" + own.replace("new", "newer") + "\n"
    assert legacy(bare).read_text() == "\n".join([json.dumps(chat(1)), "{torn", json.dumps(chat(2)), ""])
    assert set(records(bare, "chats")) == {OWN["id"], chat(1)["id"], chat(2)["id"]}
    assert [(one.line, one.why) for one in report.unreadable] == [(2, "not JSON, or cut off")]
    append(base(bare), chat(1), chat(3))
    assert take_in(bare).sum("new") == 1
    assert legacy(bare).read_text().count(str(chat(1)["id"])) == 1 and str(chat(3)["id"]) in legacy(bare).read_text()


def test_off_the_default_branch(clone: Clone) -> None:
    """Shared files stay, and the command says where to go; everything else is taken in; there the rest follows."""
    clone.git("switch", "-q", "-c", "topic")
    before = base(clone, "sessions").read_bytes()
    said = gitml(clone, "migrate", code=3)
    assert "on branch topic; they are moved on main alone: git switch main; gitml migrate" in said
    assert base(clone, "sessions").read_bytes() == before and not legacy(clone).exists() and clone.status() == ""
    found = records(clone, "chats")
    assert found[chat(1)["id"]]["migrated"] and "migrated" not in found[chat(30)["id"]]
    clone.git("switch", "-q", "main")
    take_in(clone)
    assert records(clone, "chats")[chat(30)["id"]]["migrated"]


def test_not_during_a_merge(clone: Clone) -> None:
    """Neither is anything moved while git is in the middle of something."""
    (clone.root / ".git" / "MERGE_HEAD").write_text(clone.git("rev-parse", "HEAD"))
    report = take_in(clone)
    assert "in progress" in report.refused and not legacy(clone).exists() and report.sum("new")


def test_a_merge_brings_old_lines_back(clone: Clone) -> None:
    """A branch on which the old tool went on is merged: wherever git puts its lines, migrating again takes them in,
    and doing it once more changes nothing."""
    clone.git("switch", "-q", "-c", "topic")
    append(base(clone, "sessions"), {"session_id": "77topic", "timestamp": f"{DAY}T22:00:00", "queries": ["x"]})
    clone.git("commit", "-qam", "old tool goes on")
    clone.settled()
    clone.git("switch", "-q", "main")
    take_in(clone)
    clone.git("commit", "-q", "-m", "moved")
    clone.settled()
    assert "77topic" not in records(clone, "sessions")
    clone.git("merge", "-q", "--no-edit", "topic", code=None)
    if clone.git("diff", "--name-only", "--diff-filter=U"):
        gitml(clone, "verify", "--repair", "--no-secrets", code=0)
        clone.git("commit", "-q", "--no-edit")
    clone.settled()
    take_in(clone)
    assert "77topic" in records(clone, "sessions") and b"77topic" not in base(clone, "sessions").read_bytes()
    before = lines(clone)
    assert take_in(clone).sum("new") == 0 and lines(clone) == before


def test_a_fresh_clone_has_it_all(clone: Clone, tmp_path: Path) -> None:
    """What was taken in travels; migrating in a clone that has it appends nothing."""
    take_in(clone)
    clone.git("commit", "-q", "-m", "taken in")
    clone.settled()
    clone.git("clone", "-q", str(clone.root), str(tmp_path / "fresh"))
    fresh = Clone(tmp_path / "fresh")
    for stream, wanted in IDS.items():
        assert set(wanted) <= set(records(fresh, stream)), stream
    assert take_in(fresh).sum("new") == 0 and fresh.status() == ""


@pytest.mark.parametrize("first", range(4))
def test_killed_anywhere(clone: Clone, first: int) -> None:
    """Killed at any write, rename or process it starts, another run ends as one that nobody killed: the same fold, the
    same files, nothing lost and nothing twice."""
    whole = Clone(clone.root.parent / "whole")
    clone.git("clone", "-q", str(clone.root), str(whole.root))
    take_in(whole)
    expected = {name: found for name, found in lines(whole).items() if name != "commits"}
    tree = {path: data for path, data in files_below(whole.root / ".git-ml").items() if "/live/" not in path}
    number = first
    while killed_at(number, lambda: take_in(clone)):
        number += 4
        lost = [line for name in ("sessions", "commits") for line in _held(clone, name) if not line]
        assert lost == []
    assert number > 12
    take_in(clone)
    assert {name: found for name, found in lines(clone).items() if name != "commits"} == expected
    assert {path: data for path, data in files_below(clone.root / ".git-ml").items() if "/live/" not in path} == tree
    assert [line for line in clone.status().splitlines() if line[1] != " "] == []


def _held(clone: Clone, stream: str) -> list[bool]:
    """Whether each old line of a shared file is in the base or in legacy."""
    there = b"".join(path.read_bytes() for path in (base(clone, stream), legacy(clone, stream)) if path.exists())
    return [identity.encode() in there for identity in {"sessions": [SESSION, "99aa", "99bb"], "commits": []}[stream]]


def test_lines_no_commit_has_are_redacted_before_they_are_staged(bare: Clone) -> None:
    """What is in history already moves as it is; a line that only the work tree has gets into no commit unredacted."""
    secret, late = made()["github-token"], made(40)["github-token"]
    append(base(bare), chat(1, response=f"use {secret}"))
    bare.git("commit", "-qam", "published long ago")
    bare.settled()
    append(base(bare), chat(2, response=f"use {late}"), f"torn {late}")
    take_in(bare)
    bare.git("commit", "-q", "-m", "moved")
    bare.settled()
    text = legacy(bare).read_text()
    assert secret in text and late not in text and text.count("[redacted:github-token") == 2
    assert late not in bare.git("log", "-p", "--all") and late.encode() not in bytes_below(bare.root / ".git")
    before = lines(bare)
    assert take_in(bare).sum("new") == 0 and lines(bare) == before


def test_a_link_in_the_place_of_legacy(bare: Clone, tmp_path: Path) -> None:
    """Nothing is written through it, and its lines are not taken for old ones."""
    (tmp_path / "outside").mkdir()
    (bare.root / ".git-ml" / "legacy").symlink_to(tmp_path / "outside")
    append(base(bare), chat(1))
    report = take_in(bare)
    assert "symbolic link" in report.refused and list((tmp_path / "outside").iterdir()) == []


def test_compaction_waits_for_it(clone: Clone) -> None:
    """Old lines in the base are not folded: of several with one id only one would be left."""
    said = gitml(clone, "compact", "--older-than", "0s", code=1)
    assert "holds lines of an older layout" in said and "hint: gitml migrate" in said
    take_in(clone)
    clone.git("commit", "-q", "-m", "moved")
    clone.settled()
    gitml(clone, "compact", "--older-than", "0s", "--commit")
