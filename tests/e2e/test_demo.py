"""``gitml demo`` shows what it promises, and leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from support.scripted_session import run


def without_jq(tmp_path: Path) -> str:
    """A PATH on which every program is found but jq."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "git", "find", "cat", "gitml", "grep", "sed", "basename", "dirname", "rm", "mkdir", "mv", "cp"):
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize("jq", [True, False], ids=["jq", "no jq"])
def test_all_counts_fit(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jq: bool) -> None:
    """Every count made on the first machine is found in the clone; the folder it all happened in is gone."""
    if jq and not shutil.which("jq"):
        pytest.skip("jq is not installed")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    more = {} if jq else {"PATH": without_jq(tmp_path)}
    program = shutil.which("gitml", path=_path()) or "gitml"
    done = run(tmp_path, home, program, "demo", check=False, TMPDIR=str(scratch), **more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing is missing." in done.stdout
    assert ("jq is not installed" in done.stdout) == (not jq)
    assert "\x1b[" not in done.stdout
    assert list(scratch.iterdir()) == []


def test_json(home: Path, tmp_path: Path) -> None:
    """With ``--json`` the counts alone are printed, as one object."""
    done = run(tmp_path, home, "gitml", "demo", "--json")
    counts = json.loads(done.stdout)["counts"]
    assert len(counts) >= 8
    assert all(count["fits"] and count["made"] == count["found"] for count in counts)


def _path() -> str:
    from support.scripted_session import environ

    return environ(Path(os.devnull))["PATH"]
