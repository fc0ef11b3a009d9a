"""``gitml demo`` shows what it promises, and leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.scripted_session import environ, run

from gitml.ops.demo.processes import kill_all, of_home
from gitml.ops.demo.stage import Stage
from gitml.ops.demo.story import play
from gitml.ops.demo.ways import WAYS


def without_jq(tmp_path: Path) -> str:
    """A PATH on which every program is found but jq."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "git", "find", "cat", "gitml", "grep", "sed", "basename", "dirname", "rm", "mkdir", "mv", "cp"):
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    return str(folder)


def test_every_way_keeps_all_turns(home: Path, tmp_path: Path) -> None:
    """Each way's story is told, with a row in the table; all counts fit; the folder it happened in is gone."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = run(tmp_path, home, "gitml", "demo", check=False, TMPDIR=str(scratch))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split()[:3] for line in done.stdout.splitlines() if line.split()[:1] and line.split()[0] in WAYS]
    assert rows == [[way, "4", "4"] for way in WAYS]
    assert "Nothing is missing." in done.stdout
    assert "\x1b[" not in done.stdout
    assert list(scratch.iterdir()) == []


def test_one_way_without_jq(home: Path, tmp_path: Path) -> None:
    """The records are read all the same. With ``--json`` what came of it alone is printed, as one object."""
    program = shutil.which("gitml", path=environ(Path(os.devnull))["PATH"]) or "gitml"
    done = run(tmp_path, home, program, "demo", "--json", "--persist", "own-commits", PATH=without_jq(tmp_path))
    (told,) = json.loads(done.stdout)["ways"]
    assert (told["way"], told["recorded"], told["recovered"]) == ("own-commits", 4, 4)
    assert len(told["counts"]) >= 8
    assert all(count["fits"] and count["made"] == count["found"] for count in told["counts"])


class Silent:
    """Tells nobody."""

    def begin(self, title: str, name: str) -> None: ...
    def step(self, text: str) -> None: ...
    def ran(self, command: str) -> None: ...
    def note(self, text: str) -> None: ...


class Off(Stage):
    """Machines on which gitml is switched off."""

    def environ(self) -> dict[str, str]:
        return super().environ() | {"GITML": "off"}


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """Where nothing was recorded the counts say so: they are counted in the clone, not assumed."""
    told = play(Off(str(tmp_path), Silent()), WAYS["with-commits"])
    assert told.recovered == 0
    assert "with-commits: turns played" in told.misfits


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a machine's processes are found in /proc")
def test_a_machine_is_killed_whole(tmp_path: Path) -> None:
    """Every process of a home dies, in a session of its own or not; other homes' live, and who serves a push."""
    server = tmp_path / "server"
    server.mkdir()
    mine, other = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "a")}, {**os.environ, "HOME": str(tmp_path / "b")}
    dying = [
        subprocess.Popen(["sleep", "60"], env=mine, start_new_session=True),
        subprocess.Popen(["sh", "-c", "while :; do sleep 0.01; done"], env=mine),
    ]
    living = [subprocess.Popen(["sleep", "60"], env=other), subprocess.Popen(["sleep", "60"], env=mine, cwd=server)]
    time.sleep(0.3)
    try:
        assert kill_all(mine["HOME"], str(server)) >= len(dying)
        assert [process.wait(timeout=5) for process in dying] == [-9, -9]
        assert of_home(mine["HOME"], str(server)) == []
        assert [process.poll() for process in living] == [None, None]
    finally:
        for process in (*dying, *living):
            process.kill()
            process.wait()
