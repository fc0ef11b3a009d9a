"""Cursors, the log and dead letters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.stores import a_layout, files_below

from gitml.model.sealed import Sealed
from gitml.store import cursors, dlq, log
from gitml.store.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


@pytest.mark.parametrize("session", ["13a84f73", "../../../x", "A" * 500, ".", "a/b"])
def test_cursors(layout: Layout, session: str) -> None:
    """A cursor is found again under its session's id, whatever that is, and lies in its folder."""
    assert cursors.load(layout, "claude", session) is None
    cursors.save(layout, "claude", session, Sealed(b'{"offset":1}'))
    cursors.save(layout, "claude", session, Sealed(b'{"offset":5,"session_id":"%s"}' % session.encode()))
    loaded = {"offset": 5, "session_id": session}
    assert cursors.load(layout, "claude", session) == loaded
    assert cursors.all(layout) == [("claude", session, loaded)]
    assert len(files_below(layout.cursors + "/claude")) == 1
    cursors.forget(layout, "claude", session)
    cursors.forget(layout, "claude", session)
    assert cursors.load(layout, "claude", session) is None and cursors.all(layout) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_damaged_cursor(layout: Layout, damage: bytes) -> None:
    """A damaged cursor is none: the session is read from its start. So is one that cannot be read."""
    cursors.save(layout, "claude", "s", Sealed(b"{}"))
    path = Path(layout.cursors, "claude", "s.json")
    path.write_bytes(damage)
    assert cursors.load(layout, "claude", "s") is None and cursors.all(layout) == []
    path.unlink()
    path.mkdir()
    assert cursors.load(layout, "claude", "s") is None and cursors.all(layout) == []


def test_a_cursor_is_no_link(tmp_path: Path, layout: Layout) -> None:
    """A cursor that is a link is not read; saving replaces the link, not what it points to (invariant 11)."""
    outside = tmp_path / "outside.json"
    outside.write_text('{"offset":9}')
    os.makedirs(os.path.join(layout.cursors, "claude"))
    os.symlink(outside, os.path.join(layout.cursors, "claude", "s.json"))
    assert cursors.load(layout, "claude", "s") is None
    cursors.save(layout, "claude", "s", Sealed(b'{"offset":1}'))
    assert outside.read_text() == '{"offset":9}'
    assert cursors.load(layout, "claude", "s") == {"offset": 1}


def test_only_sealed_state(layout: Layout) -> None:
    """Cursors, dead letters and the log take nothing that has not passed the gate; the log drops it in silence."""
    with pytest.raises(TypeError):
        cursors.save(layout, "claude", "s", b"{}")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        dlq.put(layout, b"{}")  # type: ignore[arg-type]
    log.note(layout, b"{}")  # type: ignore[arg-type]
    assert files_below(layout.local) == {}


def test_log_is_bounded(layout: Layout) -> None:
    """The log turns over at 1 MiB, and two files are all there ever is."""
    line = Sealed(b"x" * 100_000)
    for _ in range(35):
        log.note(layout, line)
    found = files_below(layout.logs)
    assert set(found) == {"gitml.log", "gitml.log.1"}
    assert all(len(data) <= log.MOST for data in found.values())
    assert all(set(data.splitlines()) == {line.data} for data in found.values())


def test_log_never_raises(layout: Layout) -> None:
    """A log that cannot be written stops nothing."""
    os.makedirs(os.path.join(layout.logs, "gitml.log"))
    log.note(layout, Sealed(b"{}"))
    os.rmdir(os.path.join(layout.logs, "gitml.log"))
    os.rmdir(layout.logs)
    Path(layout.logs).write_text("a file where the folder should be")
    log.note(layout, Sealed(b"{}"))


def test_dead_letters(layout: Layout) -> None:
    """Dead letters of a day are lines of one file."""
    dlq.put(layout, Sealed(b'{"why":"a"}'))
    dlq.put(layout, Sealed(b'{"why":"b"}'))
    (data,) = files_below(layout.dlq).values()
    assert data == b'{"why":"a"}\n{"why":"b"}\n'
