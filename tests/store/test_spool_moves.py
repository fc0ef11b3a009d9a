"""Closing, adopting, keeping, bringing back, expiring: whole at every instant (invariants 1 and 3)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.stores import NOON, a_layout, chat, chats, files_below, ids, put_file, run_until, sealed

from gitml.store import kept, spool
from gitml.store import part as part_files
from gitml.store.fold import fold
from gitml.store.layout import Layout
from gitml.store.part import Part
from gitml.store.tombstones import Tombstones, purge

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

DAY = 86_400


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


def test_close_folds_repeated_ids(layout: Layout) -> None:
    """A record that grew over three turns is in the closed part once, as it was last."""
    for revision in (1, 2, 3):
        spool.append(layout, [sealed("chats", chat(1, rev=revision)), *chats([f"other-{revision}"])])
    (part,) = spool.close(layout)
    assert not part.open
    lines = Path(part.file("chats")).read_bytes().splitlines()
    assert ids(lines) == ["chat-1", "chat-other-1", "chat-other-2", "chat-other-3"]
    assert b'"rev":3' in lines[0]


def test_close_keeps_what_other_sessions_say(layout: Layout) -> None:
    """One id in two sessions is two lines in a part: which counts is settled over all files, not in one."""
    records = [chat(1, "s1"), chat(1, "s2", timestamp="2026-11-19T12:00:00.000Z")]
    spool.append(layout, [sealed("actions", record) for record in records])
    (part,) = spool.close(layout)
    assert len(Path(part.file("actions")).read_bytes().splitlines()) == 2


def test_closed_parts_never_change(layout: Layout) -> None:
    """After its closing no append, close or adoption alters a byte of a part."""
    spool.append(layout, chats([1, 1, 2]))
    spool.close(layout)
    before = files_below(layout.spool)
    for number in range(3):
        spool.append(layout, chats([1, number]))
        spool.close(layout)
        spool.adopt(layout, set())
    assert before.items() <= files_below(layout.spool).items()
    assert len(spool.parts(layout)) == 4


def test_close_twice(layout: Layout) -> None:
    """Closing is idempotent."""
    spool.append(layout, chats([1]))
    first = [part.name for part in spool.close(layout)]
    before = files_below(layout.spool)
    assert [part.name for part in spool.close(layout)] == first
    assert files_below(layout.spool) == before


def test_keep_and_bring_back(layout: Layout) -> None:
    """A part that leaves the spool and comes back has its name and its bytes, and is closed."""
    spool.append(layout, chats([1]))
    (part,) = spool.close(layout)
    before = files_below(part.path)
    kept.keep(layout, part)
    kept.keep(layout, part)
    assert spool.is_empty(layout) and not os.path.exists(layout.spool)
    assert kept.names(layout) == [part.name]
    kept.bring_back(layout, part.name)
    kept.bring_back(layout, part.name)
    (back,) = spool.parts(layout)
    assert (back.name, back.open, files_below(back.path)) == (part.name, False, before)
    assert kept.names(layout) == []


def test_the_open_part_is_not_kept(layout: Layout) -> None:
    """A part that is still written to cannot have been carried."""
    spool.append(layout, chats([1]))
    with pytest.raises(ValueError, match="open"):
        kept.keep(layout, spool.parts(layout)[0])


@pytest.mark.parametrize("name", ["../../../etc", "20261120/../../x", "20261120/120000Z-abcdef/..", "/etc/passwd", ""])
def test_names_from_outside(layout: Layout, name: str) -> None:
    """A name that is none of a part is refused before a path is made of it (invariant 11)."""
    with pytest.raises(ValueError, match="name of a part"):
        kept.bring_back(layout, name)


def test_same_part_twice(layout: Layout) -> None:
    """A part of the same name and bytes in both places becomes one; with other bytes both stay, and it is said."""
    spool.append(layout, chats([1]))
    (part,) = spool.close(layout)
    copy = os.path.join(layout.kept, part.name, "chats.jsonl")
    put_file(copy, Path(part.file("chats")).read_bytes(), end=b"")
    kept.keep(layout, part)
    assert kept.names(layout) == [part.name] and spool.is_empty(layout)
    put_file(part.file("chats"), chat(2))
    with pytest.raises(OSError, match="not empty"):
        kept.keep(layout, part)
    assert not spool.is_empty(layout)


def test_expire(layout: Layout) -> None:
    """A copy goes when its days are over, counted from when it left the spool, not from when it was opened."""
    spool.append(layout, chats([1]), now=NOON - 400 * DAY)
    (part,) = spool.close(layout)
    os.utime(part.path, (NOON - 400 * DAY, NOON - 400 * DAY))
    kept.keep(layout, part)
    left = os.stat(os.path.join(layout.kept, part.name)).st_mtime
    assert time.time() - left < 60
    assert kept.expire(layout, 30, left + 29 * DAY) == []
    assert kept.expire(layout, 30, left + 31 * DAY) == [part.name]
    assert kept.names(layout) == [] and files_below(layout.kept) == {}


def test_adopt(layout: Layout) -> None:
    """The parts of work trees that are gone come here, closed; those of living ones stay."""
    gone, living = layout.of("gone"), layout.of("living")
    spool.append(gone, chats(["a"]), now=NOON)
    spool.close(gone)
    spool.append(gone, chats(["b", "b"]), now=NOON + 60)
    spool.append(living, chats(["c"]))
    adopted = spool.adopt(layout, {"main", "living"})
    assert [part.name for part in spool.parts(layout)] == adopted and len(adopted) == 2
    assert not any(part.open for part in spool.parts(layout))
    assert not os.path.exists(gone.spool)
    assert len(spool.parts(living)) == 1
    assert spool.adopt(layout, {"main", "living"}) == []
    assert ids(fold(layout, "chats").lines) == ["chat-a", "chat-b", "chat-c"]


def test_own_parts_are_not_adopted(layout: Layout) -> None:
    """A caller that forgets to name its own work tree among the living keeps what it has."""
    spool.append(layout, chats(["mine"]))
    spool.close(layout)
    spool.append(layout.of("gone"), chats(["theirs"]))
    assert len(spool.adopt(layout, set())) == 1
    assert ids(fold(layout, "chats").lines) == ["chat-mine", "chat-theirs"]
    part_files.move(spool.parts(layout)[0], layout.spool)
    assert len(spool.parts(layout)) == 2


def test_adopt_follows_no_link(tmp_path: Path, layout: Layout) -> None:
    """A symbolic link among the spools, or a part that is one, is not taken for a work tree's (invariant 11)."""
    outside = put_file(tmp_path / "outside" / "20261120" / "120000Z-abcdef" / "chats.jsonl", chat("x"))
    os.makedirs(layout.spools)
    os.symlink(tmp_path / "outside", os.path.join(layout.spools, "gone"))
    os.makedirs(os.path.join(layout.spools, "dead"))
    os.symlink(tmp_path / "outside" / "20261120", os.path.join(layout.spools, "dead", "20261120"))
    assert spool.adopt(layout, set()) == []
    assert outside.exists()


def filled(folder: Path) -> Layout:
    """A store with something of each kind: a closed and an open part here, one of a dead tree, one kept."""
    layout = a_layout(folder)
    spool.append(layout, [*chats(["kept"]), sealed("sessions", chat("kept"))], now=NOON - DAY)
    kept.keep(layout, spool.close(layout)[0])
    spool.append(layout, chats(["closed"]), now=NOON)
    spool.close(layout)
    spool.append(layout, [sealed("chats", chat("open", rev=1)), *chats(["open-2"])], now=NOON + 1)
    spool.append(layout, [sealed("chats", chat("open", rev=2)), sealed("actions", chat("act"))], now=NOON + 2)
    spool.append(layout.of("dead"), [*chats(["dead"]), *chats(["dead"])], now=NOON + 3)
    return layout


def everything(layout: Layout) -> set[str]:
    """Ids of all chats in spools and kept copies; checks that each line is whole, and that no copy is half there."""
    for name in kept.names(layout):
        if name.startswith("20261119"):
            assert "sessions" in Part(layout.kept, name, "").streams()
    kept_chats = [data for name, data in files_below(layout.kept).items() if name.endswith("chats.jsonl")]
    folded = fold(layout, "chats")
    assert folded.damage == []
    return set(ids(folded.lines)) | {found for data in kept_chats for found in ids(data.splitlines())}


ALL = {"chat-kept", "chat-closed", "chat-open", "chat-open-2", "chat-dead"}

ACTIONS: dict[str, tuple[Callable[[Layout], object], set[str]]] = {
    "close": (spool.close, ALL),
    "adopt": (lambda layout: spool.adopt(layout, {"main"}), ALL),
    "keep": (lambda layout: kept.keep(layout, next(part for part in spool.parts(layout) if not part.open)), ALL),
    "bring back": (lambda layout: kept.bring_back(layout, kept.names(layout)[0]), ALL),
    "expire": (lambda layout: kept.expire(layout, -1), ALL - {"chat-kept"}),
    "purge": (
        lambda layout: purge(layout, Tombstones([("chats", "chat-closed"), ("chats", "chat-kept")])),
        ALL - {"chat-closed", "chat-kept"},
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_killed_between_steps(tmp_path: Path, name: str) -> None:
    """A kill before each system call of every move leaves a store that reads whole, and the next run finishes."""
    action, left = ACTIONS[name]
    for step in range(1, 300):
        layout = filled(tmp_path / str(step))
        killed = run_until(lambda action=action, layout=layout: action(layout), step)  # type: ignore[misc]
        assert left <= everything(layout) <= ALL
        if name == "expire":
            assert all(part.streams() == ["chats", "sessions"] for part in part_files.under(layout.kept, ""))
        spool.append(layout, chats(["after"]))
        for _ in range(2):
            if name != "keep" and (name != "bring back" or kept.names(layout)):
                action(layout)
        spool.close(layout)
        spool.adopt(layout, {"main"})
        assert everything(layout) == left | {"chat-after"}
        assert ids(fold(layout, "actions").lines) == ["chat-act"]
        assert not [path for path in files_below(layout.spools) if not path.endswith(".jsonl")]
        if not killed:
            return
    pytest.fail("never came to an end")
