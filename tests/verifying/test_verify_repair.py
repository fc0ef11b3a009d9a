"""``gitml verify --repair``: nothing readable is lost, no part is edited, twice is once."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.copies import Once
from support.riding import Clone, opted_in
from support.stores import run_until
from support.verifying import a_chat, commit, damage, letters, line, mend, numbers, record, verify

from gitml.store import kept, tombstones
from gitml.store.layout import DATA
from gitml.store.sifting import records

TORN = b'{"id":"chat-20261120-150332-0000zz","session_id":"s9","inp\n'


def test_a_damaged_part_in_a_commit(clone: Clone) -> None:
    """It stays as it is; its records are in the spool as well, the bad line is a dead letter, and other clones that
    get the next commit know of it, too."""
    (part,) = commit(clone, 1, 2)
    lines = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(lines[0] + TORN + lines[1] + line(a_chat(3)))
    clone.git("commit", "-qam", "torn", "--no-verify")
    repaired = mend(clone)
    assert damage(repaired.left) == [] and len(repaired.left.known) == 2
    assert part.read_bytes() == lines[0] + TORN + lines[1] + line(a_chat(3))
    assert numbers(clone) == ["1", "2", "3"]
    assert [(one["from"], one["line"]) for one in letters(clone)] == [(os.path.relpath(part, clone.root), 2)]
    commit(clone, 4)
    clone.git("clone", "-q", str(clone.root), str(clone.root.parent / "other"))
    other = Clone(clone.root.parent / "other")
    assert damage(verify(other)) == [] and numbers(other) == ["1", "2", "3", "4"]


def test_twice_is_once(clone: Clone) -> None:
    """A second run finds nothing to do, and no file changes."""
    (part,) = commit(clone, 1, 2)
    part.write_bytes(TORN + line(a_chat(2)))
    (clone.root / DATA / "tracked" / "chats.jsonl").write_bytes(TORN + line(a_chat(7)))
    clone.git("commit", "-qam", "torn", "--no-verify")
    assert mend(clone).done
    local = Path(clone.context.layout.local)
    before = {path: path.read_bytes() for path in local.rglob("*") if path.is_file()}
    assert mend(clone).done == []
    assert {path: path.read_bytes() for path in local.rglob("*") if path.is_file()} == before


def test_a_part_edited_by_hand(clone: Clone) -> None:
    """It gets its bytes back, in work tree and index; a record that only the edited one had is in the spool."""
    (part, *_), whole = (found := commit(clone, 1)), found[0].read_bytes()
    for staged in (False, True):
        part.write_bytes(line(a_chat(f"new{staged}")) + TORN)
        if staged:
            clone.git("add", "-f", str(part))
        clone.change("mine.txt", f"{staged}\n")
        assert damage(mend(clone).left) == []
        assert part.read_bytes() == whole and "mine.txt" in clone.git("diff", "--cached", "--name-only")
        assert clone.git("diff", "HEAD", "--name-only", "--", DATA) == ""
    assert numbers(clone) == ["1", "newFalse", "newTrue"]


@pytest.mark.parametrize("kind", ["gone", "link", "pipe"])
def test_a_part_that_is_no_file(clone: Clone, tmp_path: Path, kind: str) -> None:
    """It comes back from git; what a link points to is not touched."""
    (part,) = commit(clone, 1)
    (tmp_path / "outside").write_text("mine")
    part.unlink()
    if kind == "link":
        part.symlink_to(tmp_path / "outside")
    elif kind == "pipe":
        os.mkfifo(part)
    assert damage(mend(clone).left) == []
    assert numbers(clone) == ["1"] and part.is_file() and not part.is_symlink()
    assert (tmp_path / "outside").read_text() == "mine"


def test_a_part_changed_by_a_commit(clone: Clone) -> None:
    """The records of both versions are there again, and the change is known."""
    (part,) = commit(clone, 1, 2)
    part.write_bytes(line(a_chat(3)))
    clone.git("commit", "-qam", "changed", "--no-verify")
    for name in kept.names(clone.context.layout):
        for file in (Path(clone.context.layout.kept) / name).iterdir():
            file.unlink()
    repaired = mend(clone)
    assert damage(repaired.left) == [] and numbers(clone) == ["1", "2", "3"]


def test_local_damage(clone: Clone) -> None:
    """Bad lines leave spool and kept copies, whole records stay; a file outside every part is taken in."""
    commit(clone, 1)
    record(clone, 2)
    layout = clone.context.layout
    for root in (layout.spool, layout.kept):
        for path in Path(root).rglob("chats.jsonl"):
            path.write_bytes(path.read_bytes() + TORN + b"\xff\n" + line(a_chat(3)))
    stray = Path(layout.spool) / "chats.jsonl"
    stray.write_bytes(line(a_chat(4)) + b"{\n")
    assert damage(mend(clone).left) == []
    assert numbers(clone) == ["1", "2", "3", "4"] and not stray.exists()
    assert len(letters(clone)) == 5
    commit(clone, 5)
    assert clone.ids() == [f"chat-20261120-150332-00000{number}" for number in (1, 2, 3, 4, 5)]


def test_a_torn_closed_part(clone: Clone) -> None:
    """A closed part of the spool gets a new name: a commit that runs now may carry the old one."""
    from gitml.store import spool

    record(clone, 1)
    (part,) = spool.close(clone.context.layout)
    file = Path(part.file("chats"))
    file.write_bytes(file.read_bytes() + TORN)
    assert damage(mend(clone).left) == []
    assert not Path(part.path).exists() and numbers(clone) == ["1"]


def test_what_was_forgotten(clone: Clone) -> None:
    """A tombstone that came with a merge empties this clone's copies; dead letters of it go with a later purge."""
    from gitml.redact.gate import seal
    from gitml.store import spool

    commit(clone, 1)
    grave = {
        "id": "t", "timestamp": "2026-11-20T16:00:00.000Z", "session_id": "s1", "from": None, "to": "tombstone",
        "by": "hand", "notes": None, "stream": "*", "target": "s1",
    }  # fmt: skip
    spool.append(clone.context.layout, [seal("lifecycle", grave)])
    repaired = mend(clone)
    assert [one for one in repaired.left.findings if one.check == "forgotten"] == []
    assert b"prompt 1" not in b"".join(path.read_bytes() for path in Path(clone.context.layout.kept).rglob("*.jsonl"))


def test_letters_can_be_forgotten(clone: Clone) -> None:
    """A dead letter of a forgotten session goes as the torn line itself would."""
    (part,) = commit(clone, 1)
    part.write_bytes(TORN.replace(b"inp", b'input":"very private') + part.read_bytes())
    clone.git("commit", "-qam", "torn", "--no-verify")
    mend(clone)
    assert "very private" in str(letters(clone))
    tombstones.purge(clone.context.layout, tombstones.Tombstones([("*", "s9")]))
    assert "very private" not in str(letters(clone))


def test_cut_archives(clone: Clone) -> None:
    """What can be unpacked is saved, the rest is known."""
    path = clone.root / DATA / "tracked" / "archive" / "2026-10" / "chats.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"".join(line(a_chat(number)) for number in range(2000)))[:-9])
    clone.git("add", "-f", DATA)
    clone.git("commit", "-qm", "cut", "--no-verify")
    readable = numbers(clone)
    assert readable and damage(mend(clone).left) == []
    path.unlink()
    assert numbers(clone) == readable


def test_records_of_a_wrong_type(clone: Clone) -> None:
    """They stay where they are, and are known, also when they travel on."""
    record(clone, 1, output=7)
    assert damage(verify(clone)) != []
    assert damage(mend(clone).left) == []
    commit(clone, 2)
    assert damage(verify(clone)) == [] and numbers(clone) == ["1", "2"]


WOUND = st.tuples(
    st.integers(0, 99), st.floats(0, 1), st.integers(0, 60),
    st.sampled_from([b"", b"\0", b"\n", b"\xff\xfe", b'{"id":', b"<<<<<<< a\n", b"=======\n", b"}{", b'"', b"\\"]),
)  # fmt: skip


def lines(clone: Clone, *folders: str) -> set[str]:
    """Every record that stands on a line of a stream file below these folders."""
    files = [path for folder in folders for path in Path(folder).rglob("chats.jsonl") if path.is_file()]
    return {json.dumps(one, sort_keys=True) for path in files for _, _, one in records(str(path), lambda *bad: None)}


@pytest.fixture
def six(clone: Clone) -> Clone:
    """Six chats in a part, three in the base."""
    commit(clone, *range(6))
    (clone.root / DATA / "tracked" / "chats.jsonl").write_bytes(b"".join(line(a_chat(n)) for n in (20, 21, 22)))
    clone.git("commit", "-qam", "base", "--no-verify")
    return clone


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(wounds=st.lists(WOUND, min_size=1, max_size=4), committed=st.booleans())
def test_random_damage(six: Clone, wounds: list[tuple[int, float, int, bytes]], committed: bool) -> None:
    """Whatever happens to the bytes of any file: every record that stood on a line still stands on one after a repair,
    verify is clean, and a second repair does nothing. (Which of two versions of a record is shown may be another one:
    a part gets its own bytes back beside what became of it.)"""
    with TemporaryDirectory(dir=six.root.parent) as folder:
        clone = Clone(Path(shutil.copytree(six.root, Path(folder) / "clone", symlinks=True)))
        record(clone, 30)
        layout = clone.context.layout
        roots = (layout.tracked, layout.spools, layout.kept)
        files = sorted(path for root in roots for path in Path(root).rglob("chats.jsonl"))
        for which, where, length, inserted in wounds:
            path = files[which % len(files)]
            old = path.read_bytes()
            at = int(where * len(old))
            path.write_bytes(old[:at] + inserted + old[at + length :])
        if committed:
            clone.git("commit", "-qam", "damaged", "--no-verify", code=None)
        readable = lines(clone, layout.tracked, layout.spools)
        repaired = mend(clone)
        assert damage(repaired.left) == [] and repaired.failed == []
        assert readable <= lines(clone, layout.tracked, layout.spools)
        assert mend(clone).done == []


@pytest.fixture
def torn(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Clone:
    """Damage of every kind: in a part and a base that a commit has, in the work tree; and a chat that waits."""

    def make(root: Path) -> None:
        clone = opted_in(root)
        (part,) = commit(clone, 1, 2)
        part.write_bytes(part.read_bytes() + TORN)
        (root / DATA / "tracked" / "chats.jsonl").write_bytes(TORN + line(a_chat(7)))
        clone.git("commit", "-qam", "torn", "--no-verify")
        part.write_bytes(line(a_chat(3)))
        record(clone, 4)

    return Clone(once.copy("torn", tmp_path, request, make))


@pytest.mark.parametrize("step", range(7, 400, 56))
def test_killed_on_the_way(torn: Clone, step: int) -> None:
    """Killed before any system call that touches a file, a repair loses nothing, and the next one ends it."""
    run_until(lambda: mend(torn), step)
    assert set(numbers(torn)) >= {"3", "4", "7"}
    assert damage(mend(torn).left) == [] and numbers(torn) == ["1", "2", "3", "4", "7"]
