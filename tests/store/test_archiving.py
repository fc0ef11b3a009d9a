"""A folded stream as files: base, archives, and how they are cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitml.store import archiving
from gitml.store.archiving import Months

LINES = [
    (time, b'{"timestamp":"%s","n":%d}' % (time, number))
    for time in (b"", b"2021-07-01T", b"2021-08-01T", b"2021-08-02T", b"2021-09-01T", b"never")
    for number in range(10)
]


def written(folder: Path, months: Months, packed: bool = False) -> dict[str, bytes]:
    """{path below tracked: its bytes}"""
    folder.mkdir()
    made = archiving.write(str(folder), "chats", LINES, months, packed=packed)
    assert made.records == len(LINES)
    return {path: Path(file).read_bytes() for path, file in made.files.items()}


def joined(lines: list[tuple[bytes, bytes]]) -> bytes:
    return b"".join(line + b"\n" for _, line in lines)


def test_small_bases_stay_whole(tmp_path: Path) -> None:
    """Nothing moves while the base is within its size."""
    assert written(tmp_path / "out", Months("9999-12", 10**6)) == {"chats.jsonl": joined(LINES)}


def test_only_closed_months_move(tmp_path: Path) -> None:
    """However large the base is: a running month, one that has an archive, and what has no month stay."""
    found = written(tmp_path / "out", Months("2021-09", 0, frozenset({"2021-07"})))
    assert list(found) == ["chats.jsonl", "archive/2021-08/chats.jsonl"]
    assert found["archive/2021-08/chats.jsonl"] == joined(LINES[20:40])
    assert found["chats.jsonl"] == joined(LINES[:20] + LINES[40:])


def test_large_months_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two lines, into files of one name in folders of their own; a line beyond the bound stands alone."""
    size = len(LINES[20][1]) + 1
    for largest, files in ((size * 8, 3), (1, 20)):
        monkeypatch.setattr(archiving, "LARGEST", largest)
        found = written(tmp_path / str(largest), Months("2021-09", 0, frozenset({"2021-07"})))
        names = ["archive/2021-08/chats.jsonl"] + [f"archive/2021-08/{n}/chats.jsonl" for n in range(2, files + 1)]
        assert list(found)[1:] == names
        assert b"".join(found[name] for name in names) == joined(LINES[20:40])
        assert all(len(found[name]) <= max(largest, size) for name in names)
