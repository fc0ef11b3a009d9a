"""The commits stream: made from git, whoever notes what; each clone describes a commit alike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from support.riding import Clone, opted_in

from gitml.ops.riding.commits import backfill, drain, link
from gitml.store.fold import fold
from gitml.store.layout import DATA

CONFIG = '[record]\nstreams = ["commits"]\n'
TASTES = {
    "color.ui": "always", "core.quotePath": "true", "diff.algorithm": "patience", "diff.noprefix": "true",
    "diff.orderFile": "/dev/null", "diff.renames": "copies", "format.pretty": "oneline",
    "i18n.logOutputEncoding": "latin1", "log.date": "relative", "log.decorate": "full",
    "log.diffMerges": "first-parent", "log.showSignature": "true",
}  # fmt: skip
"""Settings of a person that change what git log prints."""

SESSION = "6f9619ff-8b86-d011-b42d-00c04fc964ff"


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo, CONFIG)


def records(clone: Clone) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in fold(clone.context.layout, "commits").records()}


def head(clone: Clone, name: str = "HEAD") -> str:
    return clone.git("rev-parse", name).strip()


def test_a_commit_is_described(clone: Clone) -> None:
    """Everything DESIGN lists, from git itself; no e-mail; the data a commit carries is not its work."""
    clone.write("bin.dat", "\0\1\2")
    clone.write("weird\tname ü.txt", "x\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "add things\n\nand a body", GIT_COMMITTER_DATE="2026-11-20T16:03:32+01:00")
    drain(clone.context)
    record = records(clone)[head(clone)]
    assert record == {
        "id": head(clone),
        "timestamp": "2026-11-20T15:03:32.000Z",
        "author": "A Tester",
        "subject": "add things",
        "branch": "main",
        "parents": [head(clone, "HEAD^")],
        "files": [
            {"path": "bin.dat", "insertions": None, "deletions": None},
            {"path": "weird\tname ü.txt", "insertions": 1, "deletions": 0},
        ],
        "insertions": 1,
        "deletions": 0,
        "session_id": "",
        "superseded_by": "",
        "updated_at": "2026-11-20T15:03:32.000Z",
        "deriver": record["deriver"],
        "rev": 1,
    }
    assert "tester@example.invalid" not in str(record)


def test_the_next_commit_carries_it(clone: Clone) -> None:
    """Noted by post-commit, made a record and carried with the next; a commit's own parts are not in its files."""
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "one")
    first = head(clone)
    clone.change("b.txt", "three\n")
    clone.git("commit", "-q", "-m", "two")
    assert clone.ids(stream="commits") == [first]
    clone.settled()
    drain(clone.context)
    assert records(clone)[head(clone)]["files"] == [{"path": "b.txt", "insertions": 1, "deletions": 1}]
    assert clone.status() == ""


def test_the_session_that_made_it(clone: Clone) -> None:
    """git's hooks under an agent's shell know the session; a name that is none is not taken."""
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "by an agent", CLAUDE_CODE_SESSION_ID=SESSION)
    by_agent = head(clone)
    clone.change("b.txt", "three\n")
    clone.git("commit", "-q", "-m", "strange", CLAUDE_CODE_SESSION_ID="../../x y\nmade 1 2 3")
    drain(clone.context)
    found = records(clone)
    assert found[by_agent]["session_id"] == SESSION
    assert found[head(clone)]["session_id"] == ""


def test_amending_supersedes(clone: Clone) -> None:
    """The old sha stays, and says what took its place; the session's work stays the session's."""
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "by an agent", CLAUDE_CODE_SESSION_ID=SESSION)
    old = head(clone)
    clone.git("commit", "-q", "--amend", "-m", "reworded by a person")
    drain(clone.context)
    found = records(clone)
    assert found[old]["superseded_by"] == head(clone)
    assert found[old]["session_id"] == found[head(clone)]["session_id"] == SESSION
    assert found[head(clone)]["superseded_by"] == ""


def test_a_rebase_supersedes_every_commit(clone: Clone) -> None:
    """Each picked commit's old sha is marked; the new ones know the branch that is rebased."""
    clone.git("branch", "side")
    old = []
    for name in ("b", "c"):
        clone.change(f"{name}.txt", "x\n")
        clone.git("commit", "-q", "-m", name)
        old.append(head(clone))
    clone.git("checkout", "-q", "side")
    clone.change("d.txt", "x\n")
    clone.git("commit", "-q", "-m", "d")
    clone.git("rebase", "-q", "side", "main")
    drain(clone.context)
    found = records(clone)
    assert [found[sha]["superseded_by"] for sha in old] == [head(clone, "HEAD^"), head(clone)]
    assert found[head(clone)]["branch"] == "main"


def test_backfill(clone: Clone) -> None:
    """The newest commits of HEAD's history, once; a second run adds nothing, nor does it touch better records."""
    for number in range(5):
        clone.change("b.txt", f"{number}\n")
        clone.git("commit", "-q", "-m", f"no {number}", GITML="off")
    clone.change("b.txt", "last\n")
    clone.git("commit", "-q", "-m", "noted")
    drain(clone.context)
    assert backfill(clone.context, 4) == 3
    assert backfill(clone.context, 4) == 0
    assert len(records(clone)) == 4
    assert records(clone)[head(clone)]["branch"] == "main"
    assert records(clone)[head(clone, "HEAD^")]["branch"] == ""


def test_two_clones_describe_alike(clone: Clone, tmp_path: Path) -> None:
    """Whatever a person's own git settings are, the same bytes come out."""
    clone.write("moved.txt", "".join(f"{n}\n" for n in range(50)))
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "long", GITML="off")
    clone.git("mv", "moved.txt", "there.txt")
    clone.git("commit", "-q", "-m", "rename — naïve", GITML="off")
    clone.git("tag", "-f", "-m", "signed off", "v1")
    other = Clone(tmp_path / "other")
    clone.git("clone", "-q", str(clone.root), str(other.root))
    Path(other.context.layout.local).mkdir()
    for name, value in TASTES.items():
        other.git("config", name, value)
    backfill(clone.context, 10)
    backfill(other.context, 10)
    mine, theirs = fold(clone.context.layout, "commits").lines, fold(other.context.layout, "commits").lines
    assert mine == theirs
    assert len(mine) == 4


def test_a_merge_lists_no_files(clone: Clone) -> None:
    """What a merge brings was counted where it was made."""
    clone.git("checkout", "-q", "-b", "side")
    clone.change("c.txt", "side\n")
    clone.git("commit", "-q", "-m", "side")
    clone.git("checkout", "-q", "main")
    clone.change("d.txt", "main\n")
    clone.git("commit", "-q", "-m", "main")
    clone.git("merge", "-q", "-m", "merged", "side")
    backfill(clone.context, 10)
    record = records(clone)[head(clone)]
    assert (record["files"], record["insertions"], len(record["parents"])) == ([], 0, 2)


def test_a_shallow_edge_has_no_counts(clone: Clone, tmp_path: Path) -> None:
    """The oldest commit of a shallow clone would seem to add every file there is."""
    other = Clone(tmp_path / "other")
    clone.git("clone", "-q", "--depth", "1", f"file://{clone.root}", str(other.root))
    Path(other.context.layout.local).mkdir()
    backfill(other.context, 10)
    record = records(other)[head(other)]
    assert (record["files"], record["insertions"]) == ([], None)


def test_a_clone_without_blobs_fetches_none(clone: Clone, tmp_path: Path) -> None:
    """Counting lines in a blob-less clone would fetch every blob of history."""
    clone.git("config", "uploadpack.allowFilter", "true")
    other = Clone(tmp_path / "other")
    clone.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{clone.root}", str(other.root))
    other.git("checkout", "HEAD", "--", ".git-ml/config.toml")
    Path(other.context.layout.local).mkdir()
    other.git("config", "remote.origin.url", "file:///nowhere")
    assert backfill(other.context, 10) == 2
    assert all(record["insertions"] is None for record in records(other).values())


def test_many_files_are_cut(clone: Clone) -> None:
    """A vendored tree: the first thousand are listed, the rest counted, the sums hold all."""
    for number in range(1005):
        clone.write(f"v/{number:04}.txt", "x\n")
    clone.git("add", "-A")
    clone.git("commit", "-q", "-m", "vendored")
    drain(clone.context)
    record = records(clone)[head(clone)]
    assert (len(record["files"]), record["files_truncated"], record["insertions"]) == (1000, 5, 1005)


def test_linking(clone: Clone) -> None:
    """Short ids, unknown ones, nonsense; a commit nobody noted gets its first record; twice adds nothing."""
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "noted")
    clone.git("commit", "-q", "--allow-empty", "-m", "not noted", GITML="off")
    pairs = [(head(clone)[:7], SESSION), (head(clone, "HEAD^")[:9], SESSION)]
    pairs += [("deadbeef", SESSION), ("HEAD", SESSION), ("", "")]
    assert link(clone.context, pairs) == 2
    assert link(clone.context, pairs) == 0
    found = records(clone)
    assert found[head(clone)]["session_id"] == found[head(clone, "HEAD^")]["session_id"] == SESSION
    assert found[head(clone, "HEAD^")]["branch"] == "main"
    clone.settled()


def test_linking_what_a_commit_carries_already(clone: Clone) -> None:
    """The record is in history: the better one is added, and wins."""
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "noted")
    sha = head(clone)
    clone.change("b.txt", "three\n")
    clone.git("commit", "-q", "-m", "carries the first")
    clone.settled()
    assert link(clone.context, [(sha, SESSION)]) >= 1
    assert records(clone)[sha]["session_id"] == SESSION
    assert link(clone.context, [(sha, "another")]) == 0


def test_a_drain_cut_off_is_done_again(clone: Clone) -> None:
    """Killed between taking the notes and writing the records: the next drain goes on, and nothing is doubled."""
    local = Path(clone.context.layout.local)
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "one")
    (local / "commits.pending").rename(local / "commits.taken")
    clone.git("commit", "-q", "--allow-empty", "-m", "two", "--no-verify")
    assert drain(clone.context) == 2
    assert set(records(clone)) == {head(clone), head(clone, "HEAD^")}
    assert [name for name in os.listdir(local) if name.startswith("commits.")] == []
    assert drain(clone.context) == 0


def test_notes_of_commits_that_are_gone(clone: Clone) -> None:
    """A commit whose object was pruned, a line that is none: passed by."""
    local = Path(clone.context.layout.local)
    lines = [f"made {'1' * 40} main - main", "made", "", "rewritten x y", f"made {'g' * 40} a b c"]
    (local / "commits.pending").write_text("\n".join(lines) + "\n")
    assert drain(clone.context) == 0
    assert not (local / "commits.pending").exists()


def test_a_repository_that_wants_no_commits(clone: Clone) -> None:
    """``[record] streams`` without commits: notes are dropped, nothing is recorded."""
    clone.write(f"{DATA}/config.toml", '[record]\nstreams = ["chats"]\n')
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "one")
    assert drain(clone.context) == backfill(clone.context, 10) == link(clone.context, [(head(clone), SESSION)]) == 0
    assert records(clone) == {}


def test_a_secret_in_a_subject(clone: Clone) -> None:
    """Subjects pass the gate like everything else."""
    token = "ghp" + "_" + "a1B2" * 9
    clone.git("commit", "-q", "--allow-empty", "-m", f"use {token}")
    drain(clone.context)
    assert token not in str(records(clone))
    assert "[redacted:" in records(clone)[head(clone)]["subject"]
