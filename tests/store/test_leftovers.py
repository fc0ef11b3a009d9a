"""Temporary files of killed processes go, and no others."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.stores import a_layout, files_below

from gitml.store import leftovers
from gitml.store.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


def put(layout: Layout, name: str, hours: float) -> Path:
    path = Path(layout.local) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
    return path


def test_old_ones_go(layout: Layout) -> None:
    """What was left at the top, in a folder or in an agent's folder goes; what is young may still be written."""
    names = [".refs.json.a1.tmp", "tombstones/.main.json.b2.tmp", "cursors/claude/.s.json.c3.tmp", "config.json.77.tmp"]
    names.append("spool/main/.open.e5.tmp")
    for name in names:
        put(layout, name, 2)
    put(layout, "cursors/claude/.s.json.d4.tmp", 0.5)
    assert leftovers.sweep(layout) == 5
    assert list(files_below(layout.local)) == ["cursors/claude/.s.json.d4.tmp"]
    assert leftovers.sweep(layout) == 0


def test_all_else_stays(layout: Layout, tmp_path: Path) -> None:
    """Whole files, parts (their own sweep holds the lock), and whatever a link leads to are left alone."""
    put(layout, "refs.json", 99)
    put(layout, "spool/main/20261120/150332Z-7f3a9c/.chats.jsonl.a1.tmp", 99)
    other = put(layout, "../../.x.tmp", 99)
    (Path(layout.local) / "link").symlink_to(other.parent)
    (Path(layout.local) / ".link.tmp").symlink_to(other)
    assert leftovers.sweep(layout) == 0
    assert other.exists()


def test_nothing_there(layout: Layout) -> None:
    """A clone without local state is none of its business."""
    assert leftovers.sweep(layout) == 0
