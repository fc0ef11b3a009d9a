"""Damaged and hostile files: told with path and line, the rest is read, nothing outside is reached (invariant 11)."""

from __future__ import annotations

import gzip
import os
import shutil
import tracemalloc
from pathlib import Path

import pytest
from support.stores import a_layout, chat, chats, ids, put_file

from gitml.model import jsonl
from gitml.store import fold as fold_module
from gitml.store import lines as lines_module
from gitml.store import spool
from gitml.store.fold import fold, streams
from gitml.store.layout import Layout
from gitml.store.lines import Damage
from gitml.store.winners import Winners


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"id":"chat-x","inp', "cut off"),
        (b'{"id":"chat-x"}{"id":"chat-y"}', "not JSON"),
        (b'{"id":"ch\0at"}', "NUL"),
        (b"\0" * 4096, "NUL"),
        (b'{"id":"\xff\xfe"}', "UTF-8"),
        (b'{"id":"\xed\xa0\x80"}', "UTF-8"),
        (b"<<<<<<< HEAD", "conflict marker"),
        (b"=======", "conflict marker"),
        (b">>>>>>> other", "conflict marker"),
        (b"[1,2]", "not a JSON object"),
        (b'"chat"', "not a JSON object"),
        (b"null", "not"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id":' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_damaged_line(layout: Layout, line: bytes, why: str) -> None:
    """One damaged line is told with its number and why; the lines around it are read."""
    path = put_file(Path(layout.tracked, "chats.jsonl"), chat(1), line, b"", chat(2))
    folded = fold(layout, "chats")
    assert ids(folded.lines) == ["chat-1", "chat-2"]
    (damage,) = folded.damage
    assert (damage.path, damage.line) == (str(path), 2)
    assert why in damage.why
    assert str(damage).startswith(f"{path}:2: ")


def test_line_numbers_beyond_a_block(layout: Layout) -> None:
    """Line numbers hold where the file is read in several blocks, and lines that cross their borders are whole."""
    wide = [chat(f"{number:03d}", input="x" * 30_011) for number in range(120)]
    path = put_file(Path(layout.tracked, "chats.jsonl"), *wide[:100], b"{", *wide[100:], b"}", end=b"")
    assert path.stat().st_size > 3 * lines_module.CHUNK
    folded = fold(layout, "chats")
    assert ids(folded.lines) == [record["id"] for record in wide]
    assert [damage.line for damage in folded.damage] == [101, 122]


@pytest.mark.parametrize("line", [b'{"id":"a","x":"\\ud83d"}', b'{"id":"a","x":123456789012345678901234567890}'])
def test_what_only_the_standard_library_reads(layout: Layout, line: bytes) -> None:
    """A lone surrogate or a huge number is valid JSON: the line is passed through."""
    put_file(Path(layout.tracked, "chats.jsonl"), line)
    folded = fold(layout, "chats")
    assert (folded.lines, folded.damage) == ([line], [])
    assert next(folded.records())["id"] == "a"


def test_carriage_returns(layout: Layout) -> None:
    """A checkout that turned line ends into CR LF reads the same: the CR is no part of the line."""
    put_file(Path(layout.tracked, "chats.jsonl"), *[line.data + b"\r" for line in chats([1, 2])])
    spool.append(layout, chats([1, 2]))
    assert fold(layout, "chats").lines == [line.data for line in chats([1, 2])]


def test_too_long_a_line(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line beyond the bound is skipped unread, in bounded memory, at the end of a file as in its middle."""
    monkeypatch.setattr(jsonl, "MAX_LINE", 3 * 1024 * 1024)
    long = chat("long", input="x" * 20_000_000)
    put_file(Path(layout.tracked, "chats.jsonl"), chat(1), long, chat(2), long, end=b"")
    tracemalloc.start()
    folded = fold(layout, "chats")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ids(folded.lines) == ["chat-1", "chat-2"]
    assert [(damage.line, damage.why) for damage in folded.damage] == [(n, "longer than 3145728 bytes") for n in (2, 4)]
    assert peak < 15_000_000


def test_gzip_bomb(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small archive that unpacks without end is read up to a bound, in bounded memory, and told."""
    monkeypatch.setattr(lines_module, "MOST_UNPACKED", 30_000_000)
    monkeypatch.setattr(jsonl, "MAX_LINE", 2_000_000)
    path = Path(layout.tracked, "archive", "2026-10", "chats.jsonl.gz")
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"".join(line.data + b"\n" for line in chats([1])) + b" " * 100_000_000))
    tracemalloc.start()
    folded = fold(layout, "chats")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ids(folded.lines) == ["chat-1"]
    assert any("unpacks to more than" in damage.why for damage in folded.damage)
    assert peak < 15_000_000


@pytest.mark.parametrize("cut", [5, 40, -9, -1])
def test_cut_archive(layout: Layout, cut: int) -> None:
    """A cut or wrong archive is told; what came before the damage is read, and so is everything else."""
    path = Path(layout.tracked, "archive", "2026-10", "chats.jsonl.gz")
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"".join(line.data + b"\n" for line in chats(range(1000))))[:cut])
    spool.append(layout, chats(["here"]))
    folded = fold(layout, "chats")
    assert "chat-here" in ids(folded.lines)
    assert {damage.path for damage in folded.damage} == {str(path)}


def test_archive_of_several_members(layout: Layout) -> None:
    """Compressed files put behind one another are one file, as with gzip itself."""
    path = Path(layout.tracked, "chats.jsonl.gz")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(gzip.compress(line.data + b"\n") for line in chats([1, 2])))
    folded = fold(layout, "chats")
    assert (ids(folded.lines), folded.damage) == (["chat-1", "chat-2"], [])


def test_links_in_the_repository(tmp_path: Path, layout: Layout) -> None:
    """A link in a repository reaches nothing: neither a file nor a folder behind it is read, and each is told."""
    secret = put_file(tmp_path / "outside" / "chats.jsonl", chat("secret"))
    put_file(Path(layout.tracked, "chats.jsonl"), chat(1))
    os.makedirs(layout.live)
    os.symlink(secret, Path(layout.tracked, "live", "chats.jsonl"))
    os.symlink(secret.parent, Path(layout.tracked, "live", "20261120"))
    os.symlink(layout.tracked, Path(layout.tracked, "live", "round"))
    folded = fold(layout, "chats")
    assert ids(folded.lines) == ["chat-1"]
    assert sorted(os.path.basename(damage.path) for damage in folded.damage) == ["20261120", "chats.jsonl", "round"]
    assert all("link" in damage.why for damage in folded.damage)
    assert "chats.jsonl" not in [os.path.basename(damage.path) for damage in fold(layout, "actions").damage]


@pytest.mark.parametrize("which", ["data", "tracked", "live", "spools"])
def test_the_store_itself_a_link(tmp_path: Path, layout: Layout, which: str) -> None:
    """Where a folder of the store is a link, nothing behind it is read."""
    put_file(tmp_path / "outside" / "chats.jsonl", chat("secret"))
    put_file(tmp_path / "outside" / "tracked" / "chats.jsonl", chat("secret"))
    path = Path(getattr(layout, which))
    path.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(tmp_path / "outside", path)
    folded = fold(layout, "chats")
    assert folded.lines == []
    assert folded.damage


def test_pipes_and_folders(layout: Layout) -> None:
    """A pipe of a stream's name does not make the reader wait; a folder of that name is a folder."""
    os.makedirs(Path(layout.tracked, "live", "chats.jsonl"))
    put_file(Path(layout.tracked, "live", "chats.jsonl", "chats.jsonl"), chat(1))
    os.mkfifo(Path(layout.tracked, "chats.jsonl"))
    folded = fold(layout, "chats")
    assert ids(folded.lines) == ["chat-1"]
    assert [damage.why for damage in folded.damage] == ["not a regular file"]


def test_nothing_there(layout: Layout) -> None:
    """Without a store there is nothing, and no error."""
    assert (fold(layout, "chats").lines, fold(layout, "chats").damage) == ([], [])
    assert "chats" in streams(layout)


def test_other_files_are_no_streams(layout: Layout) -> None:
    """Temporary and hidden files and other endings are not read."""
    for name in (".chats.jsonl.ab.tmp", "chats.jsonl.tmp", "chats.json", ".hidden.jsonl", ".jsonl", "chats.jsonl.bz2"):
        put_file(Path(layout.tracked, name), chat(name))
    assert fold(layout, "chats").lines == []
    assert len(streams(layout)) == 7


BASE, LIVE, ARCHIVE = "chats.jsonl", "live/20261120/150332Z-7f3a9c/chats.jsonl", "archive/2026-10/chats.jsonl"


def commit(layout: Layout) -> None:
    """The spool's record gets a place in a live part, and leaves the spool."""
    put_file(Path(layout.live, "20261121/000000Z-aaaaaa/chats.jsonl"), chat("committed"))
    shutil.rmtree(layout.spool)


def compact(layout: Layout) -> None:
    """The live part's record gets a place in the base, and the part goes."""
    put_file(Path(layout.tracked, BASE), chat("base"), chat("compacted"))
    shutil.rmtree(Path(layout.live))


def close_month(layout: Layout) -> None:
    """The base's record gets a place in the archive, and leaves the base."""
    put_file(Path(layout.tracked, ARCHIVE), chat("base"), chat("archived"))
    put_file(Path(layout.tracked, BASE), b"")


def adopt(layout: Layout) -> None:
    """A part moves to a spool that was read already."""
    spool.adopt(layout, {"main"})


MOVES = {
    "commit": (commit, "live"),
    "compact": (compact, "tracked/chats"),
    "close_month": (close_month, "archive"),
    "adopt": (adopt, "spool/main"),
}


@pytest.mark.parametrize("move", MOVES)
def test_records_on_the_move(layout: Layout, monkeypatch: pytest.MonkeyPatch, move: str) -> None:
    """A reader misses no record that moves on just after the reader read a file of the place it moves to."""
    spool.append(layout, chats(["committed"]))
    spool.append(layout.of("other"), chats(["adopted"]))
    put_file(Path(layout.tracked, LIVE), chat("compacted"))
    put_file(Path(layout.tracked, BASE), chat("base"))
    put_file(Path(layout.tracked, ARCHIVE), chat("archived"))
    before = fold(layout, "chats").lines
    action, place = MOVES[move]
    real = fold_module._take_file
    moved: list[str] = []

    def moving(winners: Winners, path: str, damage: list[Damage]) -> None:
        real(winners, path, damage)
        if place in path and not moved:
            moved.append(path)
            action(layout)

    monkeypatch.setattr(fold_module, "_take_file", moving)
    assert fold(layout, "chats").lines == before
    assert moved
