"""The history's file: added to by several at once, killed at any instant, thinned."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.disk_history import DAY, NOW, line
from support.stores import run_until

from gitml.model.sealed import Sealed
from gitml.ops.health import history

NEW = Sealed(line(NOW, 99).rstrip(), "", "")
RECENT = [NOW - days * DAY for days in (3, 2, 1)]
CROWDED = [NOW - 200 * DAY + second for second in (0, 60, 120)]


@pytest.mark.parametrize("times", [RECENT, CROWDED], ids=["adding", "thinning"])
def test_a_kill_at_any_instant(tmp_path: Path, times: list[float]) -> None:
    """What was there and is to stay is there after it, whole; the next run adds its line as if nothing had been."""
    path = tmp_path / "state" / "history.jsonl"
    path.parent.mkdir()
    steps, killed = 0, True
    while killed:
        steps += 1
        path.write_bytes(b"".join(line(time, 5) for time in times))
        stays = history.thinned(history.read(str(path)).snapshots, NOW)
        killed = run_until(lambda: history.record(str(path), NEW, NOW), steps)
        after = history.read(str(path))
        assert all(snapshot in after.snapshots for snapshot in stays) and len(after.damage) <= 1
        history.record(str(path), NEW, NOW)
        assert [snapshot.total for snapshot in history.read(str(path)).snapshots] == [5] * len(stays) + [99]
    assert steps > 3


def test_several_at_once(tmp_path: Path) -> None:
    """Eight processes with five looks each, among them such that thin: no line is lost or torn."""
    path = tmp_path / "state" / "history.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"".join(line(time, 5) for time in CROWDED))
    code = (
        "import sys; from gitml.ops.health import history; from gitml.model.sealed import Sealed\n"
        "from support.disk_history import NOW, line\n"
        "for n in range(5):\n"
        "    time = NOW + int(sys.argv[2]) * 5 + n\n"
        "    history.record(sys.argv[1], Sealed(line(time, 7)[:-1], '', ''), NOW)"
    )
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]),
    }
    started = [subprocess.Popen([sys.executable, "-c", code, path, str(number)], env=environ) for number in range(8)]
    assert [process.wait(60) for process in started] == [0] * 8
    found = history.read(str(path))
    assert found.damage == [] and [snapshot.total for snapshot in found.snapshots] == [5] + [7] * 40


def test_the_newest_is_what_was_written_last(tmp_path: Path) -> None:
    """Found without reading the file; a torn end is passed over, and so is a file that is none."""
    path = tmp_path / "history.jsonl"
    assert history.newest(str(path)) is None
    path.write_bytes(b"x" * 100_000 + b"\n" + line(NOW, 7) + line(NOW - DAY, 8) + b'{"timestamp": "20')
    newest = history.newest(str(path))
    assert newest is not None and newest.total == 8
    path.write_bytes(b"{" * 100_000)
    assert history.newest(str(path)) is None
    assert history.newest(str(tmp_path)) is None
