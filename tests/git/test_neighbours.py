"""Whether other gits are at work in a work tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support.stop_check import wait_until

from gitml.git import neighbours

pytestmark = pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="the system tells of no processes")


def test_quiet_once_the_other_one_is_over(repo: Path, tmp_path: Path) -> None:
    """A git that reads there is noticed, by its folder; one in another repository beside it is not."""
    beside = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", str(beside)], check=True)
    with subprocess.Popen(["git", "cat-file", "--batch"], cwd=repo, stdin=subprocess.PIPE) as reader:
        wait_until(lambda: Path(f"/proc/{reader.pid}/comm").read_text() == "git\n")
        assert not neighbours.quiet(str(repo), 0.0001, 0.05)
        assert neighbours.quiet(str(beside), 0.0001, 5)
        assert not neighbours.commits(str(repo))
        reader.communicate()
    assert neighbours.quiet(str(repo), 0.02, 5)


def test_only_commits_are_commits(repo: Path) -> None:
    """A commit is told by its name or by its editor; others that have a commit's message at hand are none."""
    editor = repo.parent / "editor"
    editor.write_text('#!/bin/sh\necho open\nread -r go\necho message >"$1"\n')
    editor.chmod(0o755)
    for words, told in ((["commit", "--allow-empty"], True), (["notes", "add"], False)):
        with subprocess.Popen(
            ["git", "-c", f"core.editor={editor}", *words], cwd=repo, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as running:
            assert running.stdout is not None
            while b"open" not in running.stdout.readline():
                pass
            assert neighbours.commits(str(repo)) is told
            running.communicate(b"go\n")
