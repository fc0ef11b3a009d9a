"""Appending: durable, whole lines, under one lock (invariants 2 and 3, the store's side)."""

from __future__ import annotations

import os
import re
import resource
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.stores import NOON, a_layout, chat, chats, files_below, ids, run_until, sealed

from gitml.model.sealed import Sealed
from gitml.store import spool
from gitml.store.fold import fold
from gitml.store.layout import Layout
from gitml.store.names import is_part

# Python 3.12 warns of a fork beside threads; a parallel test runner has one, which the child never touches.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


def test_one_open_part(layout: Layout) -> None:
    """Two appends go to one open part, named by the day and time it was opened; each stream has a file of its own."""
    assert spool.append(layout, [*chats([1, 2]), sealed("sessions", {"id": "x"})], now=NOON) == 3
    assert spool.append(layout, chats([3]), now=NOON + 900) == 1
    (part,) = spool.parts(layout)
    assert re.fullmatch(r"20261120/120000Z-[0-9a-f]{6}", part.name)
    assert is_part(part.name) and part.open and part.worktree == "main"
    assert part.streams() == ["chats", "sessions"]
    assert part.size() == sum(len(data) for data in files_below(part.path).values())
    assert ids(fold(layout, "chats").lines) == ["chat-1", "chat-2", "chat-3"]


def test_nothing_to_append(layout: Layout) -> None:
    """No lines leave no trace, not even a folder."""
    assert spool.append(layout, []) == 0
    assert not os.path.exists(layout.local)
    assert spool.is_empty(layout) and spool.parts(layout) == [] and spool.close(layout) == []


def test_private(layout: Layout) -> None:
    """What waits in the spool is readable by its owner alone, whatever the umask."""
    before = os.umask(0)
    try:
        spool.append(layout, chats([1]))
    finally:
        os.umask(before)
    for folder, _, names in os.walk(layout.local):
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700, folder
        for name in names:
            assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600, name


@pytest.mark.parametrize("stream", ["../chats", "a/b", "", ".", "..", "chats\n", "\0", "x" * 101])
def test_stream_names_stay_inside(layout: Layout, stream: str) -> None:
    """A stream's name that could leave the part is refused, and nothing of that batch is written (invariant 11)."""
    with pytest.raises(ValueError, match="stream"):
        spool.append(layout, [*chats([1]), Sealed(b"{}", stream)])
    assert spool.is_empty(layout)


def test_only_sealed_lines(layout: Layout) -> None:
    """What has not passed the gate is refused, as is a line that is two."""
    with pytest.raises(TypeError, match="not sealed"):
        spool.append(layout, [b'{"id":"x"}'])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="line break"):
        spool.append(layout, [Sealed(b"{}\n{}", "chats")])
    assert spool.is_empty(layout)


def test_full_part_is_closed(layout: Layout) -> None:
    """Beyond 4 MiB a new part is opened, and a larger batch is spread, so that no part outgrows a commit."""
    wide = [sealed("chats", chat(number, input="x" * 1_000_000)) for number in range(11)]
    spool.append(layout, wide[:4], now=NOON)
    spool.append(layout, wide[4:5], now=NOON + 1)
    spool.append(layout, wide[5:6], now=NOON + 2)
    assert [len(ids(Path(part.file("chats")).read_bytes().splitlines())) for part in spool.parts(layout)] == [5, 1]
    spool.append(layout, wide, now=NOON + 3)
    assert all(part.size() < 2 * spool.PART_BYTES for part in spool.parts(layout))
    assert [part.open for part in spool.parts(layout)].count(True) == 1
    assert len(fold(layout, "chats").lines) == 11


def test_torn_tail(layout: Layout) -> None:
    """A line that a killed writer left torn spoils no line after it, and is gone from the part once that is closed."""
    spool.append(layout, chats([1]))
    with open(spool.parts(layout)[0].file("chats"), "ab") as file:
        file.write(b'{"id":"chat-torn","inp')
    spool.append(layout, chats([2]))
    folded = fold(layout, "chats")
    assert ids(folded.lines) == ["chat-1", "chat-2"]
    assert [damage.line for damage in folded.damage] == [2]
    spool.close(layout)
    assert fold(layout, "chats").damage == []
    (letter,) = files_below(layout.dlq).values()
    assert letter == b'{"id":"chat-torn","inp\n'


def test_whole_line_without_newline(layout: Layout) -> None:
    """A line torn just before its newline is whole: closing keeps it."""
    spool.append(layout, chats([1]))
    path = spool.parts(layout)[0].file("chats")
    os.truncate(path, os.path.getsize(path) - 1)
    spool.append(layout, chats([2]))
    spool.close(layout)
    folded = fold(layout, "chats")
    assert (ids(folded.lines), folded.damage) == (["chat-1", "chat-2"], [])


WRITER = """
import sys
from support.stores import a_layout, chat, sealed
from pathlib import Path
from gitml.store import spool
layout, name = a_layout(Path(sys.argv[1])), sys.argv[2]
for number in range(int(sys.argv[3])):
    lines = [sealed(stream, chat(f"{name}-{number}", input="y" * 3000)) for stream in ("chats", "actions")]
    spool.append(layout, lines, timeout=60)
    print(f"chat-{name}-{number}", flush=True)
"""


def start_writer(folder: Path, name: str, times: int) -> subprocess.Popen[str]:
    """A process that appends to the spool and says each id once the append has returned."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    command = [sys.executable, "-c", WRITER, str(folder), name, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_ten_writers_at_once(tmp_path: Path, layout: Layout) -> None:
    """Ten processes appending at once lose nothing and tear no line."""
    writers = [start_writer(tmp_path, f"w{number}", 20) for number in range(10)]
    said = [line.strip() for writer in writers for line in writer.communicate()[0].splitlines()]
    assert all(writer.returncode == 0 for writer in writers) and len(said) == 200
    for stream in ("chats", "actions"):
        folded = fold(layout, stream)
        assert sorted(ids(folded.lines)) == sorted(said)
        assert folded.damage == []


def test_killed_writers(tmp_path: Path, layout: Layout) -> None:
    """SIGKILL at any moment: every line whose append returned is there, and no two lines are torn into one."""
    said: list[str] = []
    for round_number in range(6):
        writers = [start_writer(tmp_path, f"k{round_number}-{number}", 10_000) for number in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            said.append(writer.stdout.readline().strip())
        time.sleep(0.007 * round_number)
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            said += writer.communicate()[0].split()
    for closed in (False, True):
        if closed:
            spool.close(layout)
        for stream in ("chats", "actions"):
            folded = fold(layout, stream)
            assert set(said) <= set(ids(folded.lines))
            assert not (closed and folded.damage)


def test_killed_at_every_step(tmp_path: Path) -> None:
    """A kill before each system call of an append leaves what was there, whole, and the next append works."""
    for step in range(1, 200):
        layout = a_layout(tmp_path / str(step))
        spool.append(layout, chats(["old"]), now=NOON)
        spool.close(layout)
        lines = [*chats(["new"]), sealed("actions", {"id": "act"})]
        killed = run_until(lambda layout=layout, lines=lines: spool.append(layout, lines), step)  # type: ignore[misc]
        spool.append(layout, chats(["next"]))
        assert {"chat-old", "chat-next"} <= set(ids(fold(layout, "chats").lines))
        assert len(spool.close(layout)) >= 2
        assert fold(layout, "chats").damage == []
        if not killed:
            break
    else:
        pytest.fail("never came to an end")
    assert step > 10


def test_full_disk(tmp_path: Path, layout: Layout) -> None:
    """Where the disk is full an append raises OSError, and the files are as they were: nothing is half counted."""
    spool.append(layout, chats([1]))
    before = files_below(layout.spool)
    big = [sealed("sessions", {"id": "s"}), sealed("chats", chat(2, input="x" * 50_000)), *chats([3])]
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        try:
            spool.append(layout, big)
        except OSError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert files_below(layout.spool) == before
    assert spool.append(layout, big) == 3


def test_a_link_is_not_written_through(tmp_path: Path, layout: Layout) -> None:
    """A stream file that is a symbolic link is never written to (invariant 11)."""
    spool.append(layout, chats([1]))
    outside = tmp_path / "outside"
    outside.write_text("mine")
    os.symlink(outside, spool.parts(layout)[0].file("actions"))
    with pytest.raises(OSError, match="actions"):
        spool.append(layout, [*chats([2]), sealed("actions", {"id": "a"})])
    assert outside.read_text() == "mine"
    assert ids(fold(layout, "chats").lines) == ["chat-1"]


@pytest.mark.parametrize("pointer", [b"", b"nonsense", b"../../../etc", b"\xff\xfe", b"20261120/120000Z-abcdef/../x"])
def test_damaged_pointer(layout: Layout, pointer: bytes) -> None:
    """A pointer that names no part is as none: what was open counts as closed, and a new part is opened."""
    spool.append(layout, chats([1]))
    Path(layout.spool, spool.POINTER).write_bytes(pointer)
    spool.append(layout, chats([2]))
    assert sorted(part.open for part in spool.parts(layout)) == [False, True]
    assert len(spool.close(layout)) == 2
