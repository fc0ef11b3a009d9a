"""The audit log: a line is there whole or not at all, and no reader or writer stumbles over what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.stores import a_layout, sealed

from gitml.store import audit
from gitml.store.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


def today(layout: Layout) -> Path:
    return Path(layout.events) / audit.today()


def test_lines_come_back_oldest_first(layout: Layout) -> None:
    """What was noted on several days is read in the order of the days, and of the lines in them."""
    Path(layout.events).mkdir(parents=True)
    (Path(layout.events) / "20200102.jsonl").write_text('{"subject":"b"}\n')
    (Path(layout.events) / "20200101.jsonl").write_text('{"subject":"a"}\n')
    audit.note(layout, sealed("", {"subject": "c"}))
    audit.write(layout, [sealed("", {"subject": "d"}), sealed("", {"subject": "e"})])
    assert [line["subject"] for line in audit.read(layout)] == ["a", "b", "c", "d", "e"]


def test_torn_lines_are_passed_over(layout: Layout) -> None:
    """A line that a killed writer tore costs itself alone, and so do lines that are no objects."""
    audit.write(layout, [sealed("", {"subject": "a"})])
    with today(layout).open("ab") as file:
        file.write(b'[1]\n\xff\n{"subject":"to')
    audit.note(layout, sealed("", {"subject": "b"}))
    assert [line["subject"] for line in audit.read(layout)] == ["a", "b"]


def test_a_link_is_not_written_through(layout: Layout, tmp_path: Path) -> None:
    """A link in the log's place leads nowhere: a note is dropped, a line that must be there raises."""
    Path(layout.events).mkdir(parents=True)
    other = tmp_path / "other"
    other.write_text("")
    today(layout).symlink_to(other)
    audit.note(layout, sealed("", {"subject": "a"}))
    with pytest.raises(OSError, match="symbolic"):
        audit.write(layout, [sealed("", {"subject": "a"})])
    assert other.read_text() == "" and list(audit.read(layout)) == []


def test_names_that_are_no_days_are_not_read(layout: Layout) -> None:
    """Only files that the log made are the log."""
    Path(layout.events).mkdir(parents=True)
    for name in ("notes.jsonl", "20200101.jsonl.gz", "2020010x.jsonl", "٢٠٢٠٠١٠١.jsonl"):
        (Path(layout.events) / name).write_text('{"subject":"x"}\n')
    os.mkfifo(Path(layout.events) / "20200101.jsonl")
    assert list(audit.read(layout)) == []
