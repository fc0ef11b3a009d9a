"""The nightly job that is shipped: its own steps, run in a clone with a bare remote; ``gh`` is a stub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.compacting import LIVE, NAMES, Store, chat

from gitml.ops import assets

JOB = assets.text("compact-nightly.yml")
GH = """#!/bin/sh
printf '%s\\n' "$*" >>"$NOTES"
case "$1 $2" in
  'pr list') cat "$OPEN" ;;
  'pr create') shift 3; echo "$1" >"$OPEN" ;;
esac
"""


class Night:
    """A remote, somebody's clone of it, and the job."""

    def __init__(self, work: Store, folder: Path) -> None:
        self.work = work
        self.folder = folder
        self.remote = folder / "remote.git"
        self.notes = folder / "notes"
        self.open = folder / "open"
        self.nights = 0
        for file in (self.notes, self.open):
            file.touch()
        work.git("init", "-q", "--bare", str(self.remote))
        work.git("remote", "add", "origin", str(self.remote))
        work.git("push", "-q", "-u", "origin", "main")
        tools = folder / "bin"
        tools.mkdir()
        (tools / "gh").write_text(GH)
        (tools / "gitml").write_text(f'#!/bin/sh\nexec {sys.executable} -m gitml "$@"\n')
        for tool in tools.iterdir():
            tool.chmod(0o755)

    def run(self, code: int = 0) -> str:
        """One night, in a fresh shallow clone as the checkout action makes one. Returns what was said."""
        self.nights += 1
        clone = self.folder / f"night{self.nights}"
        self.work.git("clone", "-q", "--depth=1", f"file://{self.remote}", str(clone))
        said = ""
        for name in ("identity", "compact"):
            done = subprocess.run(
                ["bash", "-e", "-o", "pipefail", "-c", step(name)],
                cwd=clone, capture_output=True, text=True, check=False,
                env={**os.environ, "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                     "NOTES": str(self.notes), "OPEN": str(self.open)},
            )  # fmt: skip
            said += done.stdout + done.stderr
            assert done.returncode == (code if name == "compact" else 0), said
        return said

    def branches(self) -> list[str]:
        """What the remote has beside main."""
        listed = self.work.git("ls-remote", "--heads", str(self.remote)).split()
        return [ref.removeprefix("refs/heads/") for ref in listed[1::2] if ref != "refs/heads/main"]

    def asked(self, what: str) -> int:
        """How often gh was asked to do that."""
        return sum(note.startswith(what) for note in self.notes.read_text().splitlines())

    def tree(self, branch: str) -> str:
        self.work.git("fetch", "-q", "origin", f"+{branch}:refs/remotes/origin/{branch}")
        return self.work.tree(f"refs/remotes/origin/{branch}")


def step(name: str) -> str:
    """The shell text of one of the job's steps."""
    found = re.search(rf"      - name: {name}\n        run: \|\n((?:          .*\n|\n)+)", JOB)
    assert found is not None
    return textwrap.dedent(found[1])


@pytest.fixture
def night(store: Store, tmp_path: Path) -> Night:
    folder = tmp_path / "ci"
    folder.mkdir()
    return Night(store, folder)


def test_a_pull_request(night: Night) -> None:
    """The first night: a branch with the compaction on top of main, and one pull request for it."""
    night.run()
    (branch,) = night.branches()
    assert branch.startswith("gitml-compact-2") and night.asked("pr create") == 1
    night.work.gitml("compact", "--commit")
    assert night.tree(branch) == night.work.tree()


def test_nothing_to_do(night: Night) -> None:
    """A night with nothing to fold ends well and asks for nothing."""
    night.work.gitml("compact", "--commit")
    night.work.git("push", "-q", "origin", "main")
    assert "nothing to compact" in night.run()
    assert night.branches() == [] and night.asked("pr create") == 0


def test_while_a_pull_request_is_open(night: Night) -> None:
    """Another night, with main gone on: the open one's branch is brought up to date, and no second is opened; nor does
    a third night with nothing new change it. Once merged, the next is a new one."""
    night.run()
    night.work.part("20210801/000000Z-00000b", [chat(4, "2021-08-01")])
    night.work.commit("more")
    night.work.git("push", "-q", "origin", "main")
    night.run()
    (branch,) = night.branches()
    assert night.asked("pr create") == 1
    night.work.gitml("compact", "--branch", "here")
    assert night.tree(branch) == night.work.tree("here")
    tip = night.work.git("rev-parse", f"refs/remotes/origin/{branch}")
    night.run()
    assert night.tree(branch) and night.work.git("rev-parse", f"refs/remotes/origin/{branch}") == tip
    night.work.git("merge", "-q", f"refs/remotes/origin/{branch}")
    night.work.git("push", "-q", "origin", "main", f":{branch}")
    night.open.write_text("")
    assert "nothing to compact" in night.run()


def test_somebody_works_on_the_branch(night: Night) -> None:
    """A reviewer's commit on the open pull request is not thrown away: the job says so and fails."""
    night.run()
    (branch,) = night.branches()
    night.work.git("fetch", "-q", "origin", branch)
    night.work.git("switch", "-qc", "review", "FETCH_HEAD")
    night.work.write("notes.txt", b"mine\n")
    night.work.git("add", "notes.txt")
    tip = night.work.commit("a reviewer's")
    night.work.git("push", "-q", "origin", f"HEAD:{branch}")
    assert "more than an earlier compaction" in night.run(code=2)
    assert night.work.git("ls-remote", str(night.remote), branch).startswith(tip)


def test_damage_is_seen(night: Night) -> None:
    """A damaged part: the rest goes into the pull request, and the job ends with 3."""
    night.work.write(f"{LIVE}/{NAMES[0]}/chats.jsonl", b'{"cut')
    night.work.git("add", "-f", LIVE)
    night.work.commit("damage")
    night.work.git("push", "-q", "origin", "main")
    assert "not JSON" in night.run(code=3)
    assert len(night.branches()) == 1 and night.asked("pr create") == 1
