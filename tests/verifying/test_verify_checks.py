"""What ``gitml verify`` finds, and what it leaves in peace."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.riding import LIVE, Clone
from support.verifying import a_chat, commit, damage, line, record, verify

from gitml.store.layout import DATA


def says(clone: Clone) -> str:
    """All findings in one text, with their severities."""
    return "\n".join(f"{one.severity} {one.check} {one.path}:{one.line} {one.says}" for one in verify(clone).findings)


def test_a_whole_store_is_clean(clone: Clone) -> None:
    """Records in parts, spool and kept copies: no damage."""
    commit(clone, 1, 2)
    record(clone, 3)
    verified = verify(clone, quick=False)
    assert damage(verified) == [] and verified.records >= 5


BAD_LINES = {
    "cut": b'{"id":"x","inp\n',
    "nul": b'{"id":"x"}\0\n',
    "utf8": b'{"id":"\xff"}\n',
    "list": b"[1]\n",
    "number": b"7\n",
    "deep": b"[" * 100_000 + b"\n",
    "marker": b"<<<<<<< HEAD\n",
}


@pytest.mark.parametrize("place", ["live", "base", "spool", "kept"])
def test_lines_that_are_no_records(recorded: Clone, place: str) -> None:
    """Are damage wherever they stand, told with file and line; records between them are none."""
    layout = recorded.context.layout
    path = {
        "live": next(Path(layout.live).rglob("chats.jsonl")),
        "base": recorded.root / DATA / "tracked" / "chats.jsonl",
        "spool": next(Path(layout.spool).rglob("chats.jsonl")),
        "kept": next(Path(layout.kept).rglob("chats.jsonl")),
    }[place]
    path.write_bytes(b"".join(line(a_chat(number)) + bad for number, bad in enumerate(BAD_LINES.values())))
    found = [one for one in verify(recorded).findings if one.check == "lines"]
    there = os.path.relpath(path, recorded.root)
    assert [(one.path, one.line) for one in found] == [(there, 2 * number) for number in range(1, 1 + len(BAD_LINES))]


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({"input": 7}, "damage"),
        ({"usage": {"input": "many"}}, "damage"),
        ({"tools": ["Edit", 3]}, "damage"),
        ({"status": "unheard of"}, "warning"),
        ({"timestamp": "yesterday"}, "warning"),
        ({"from a newer version": [1]}, ""),
    ],
)
def test_records_that_do_not_fit(clone: Clone, change: dict[str, object], severity: str) -> None:
    """A wrong type is damage, a value nobody knows a warning, an unknown key is nothing."""
    path = clone.root / DATA / "tracked" / "chats.jsonl"
    path.write_bytes(line(a_chat(1, **change)))
    assert [one.severity for one in verify(clone).findings if one.check == "schema"] == [severity] * bool(severity)


def edit(part: Path) -> None:
    part.write_bytes(part.read_bytes().replace(b"done", b"DONE"))


def link(part: Path) -> None:
    part.unlink()
    part.symlink_to("/etc/passwd")


@pytest.mark.parametrize("how", [edit, Path.unlink, link])
@pytest.mark.parametrize("staged", [False, True])
def test_parts_changed_by_hand(recorded: Clone, how: Callable[[Path], None], staged: bool) -> None:
    """A part in the work tree, or in the index, with other bytes than its commit's is damage; a staged deletion is
    how compaction takes parts away."""
    part = recorded.root / LIVE / recorded.files()[0]
    how(part)
    if staged:
        recorded.git("add", "-f", LIVE)
    assert ("damage parts" in says(recorded)) == (not (staged and how is Path.unlink))


def test_touching_is_no_change(recorded: Clone) -> None:
    """A part with its bytes and another time is what it was."""
    part = recorded.root / LIVE / recorded.files()[0]
    os.utime(part, (1, 1))
    assert damage(verify(recorded)) == []


def test_parts_changed_in_history(recorded: Clone) -> None:
    """The commit that changed one is named, also after it was changed back; a stash of an edit is none."""
    part = recorded.root / LIVE / recorded.files()[0]
    whole = part.read_bytes()
    edit(part)
    recorded.git("commit", "-qam", "edited", "--no-verify")
    part.write_bytes(whole)
    recorded.git("commit", "-qam", "back", "--no-verify")
    found = [one for one in verify(recorded).findings if one.check == "history"]
    assert len(found) == 2
    assert recorded.git("rev-parse", "HEAD")[:12] in found[1].says


def test_shallow_clones(clone: Clone, tmp_path: Path) -> None:
    """Where history is cut, its edge is no change."""
    commit(clone, 1)
    commit(clone, 2)
    clone.git("clone", "-q", "--depth", "1", f"file://{clone.root}", str(tmp_path / "shallow"))
    assert damage(verify(Clone(tmp_path / "shallow"))) == []


def test_what_does_not_belong_in_the_index(clone: Clone) -> None:
    """Local state, links and submodules are damage; a note of somebody's is a warning."""
    for name in ("spool/x.jsonl", "notes.txt"):
        clone.write(f"{DATA}/{name}", "")
    (clone.root / DATA / "tracked" / "out").symlink_to("/etc")
    clone.git("add", "-f", DATA)
    head = clone.git("rev-parse", "HEAD").strip()
    clone.git("update-index", "--add", "--cacheinfo", f"160000,{head},{DATA}/tracked/sub")
    found = {one.path.removeprefix(f"{DATA}/"): one.severity for one in verify(clone).findings if one.check == "index"}
    assert found == {
        "spool/x.jsonl": "damage", "notes.txt": "warning", "tracked/out": "damage", "tracked/sub": "damage",
    }  # fmt: skip


def test_what_init_writes(clone: Clone) -> None:
    """What is missing of it is a warning, with the command that brings it."""
    found = [one for one in verify(clone).findings if one.check == "set-up"]
    assert {one.mend for one in found} == {"gitml init"} and len(found) == 2


def test_cursors(clone: Clone, tmp_path: Path) -> None:
    """One that is no JSON, lacks what the reader takes for granted, or stands beyond its file's end is told."""
    transcript = tmp_path / "t.jsonl"
    transcript.write_text("{}\n")
    folder = Path(clone.context.layout.cursors) / "claude"
    folder.mkdir(parents=True)
    rest = '"agents": {}, "emitted": {}, "linked": []'
    mark = f'"path": "{transcript}", "inode": {transcript.stat().st_ino}'
    for name, text in {
        "cut": '{"v": 1',
        "keys": '{"v": 1, "main": {}}',
        "beyond": f'{{"v": 1, "main": {{{mark}, "offset": 99}}, {rest}}}',
        "whole": f'{{"v": 1, "main": {{{mark}, "offset": 3}}, {rest}}}',
        "older": '{"v": 0}',
    }.items():
        (folder / f"{name}.json").write_text(text)
    found = [one for one in verify(clone).findings if one.check == "cursors"]
    assert sorted(Path(one.path).stem for one in found) == ["beyond", "cut", "keys"]


def test_secrets(clone: Clone) -> None:
    """What is tracked is searched, unless asked not to."""
    key = "ghp_" + "".join(chr(97 + number * 7 % 26) + str(number % 10) for number in range(18))
    (clone.root / DATA / "tracked" / "chats.jsonl").write_bytes(
        line(a_chat(1)).replace(b"prompt 1", f"token {key}".encode())
    )
    assert [one.check for one in verify(clone, quick=False).findings if one.severity == "damage"] == ["secrets"]
    assert damage(verify(clone)) == []
