"""Starting git: a clean environment, whole outputs, a time limit."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from gitml.git import run as runner
from gitml.git.run import GitFailed, environment, run


def test_the_names_git_lists_are_cleaned(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name that this git calls local to a repository, and no other."""
    listed = subprocess.run(["git", "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True)
    assert set(listed.stdout.split()) <= set(runner.LOCAL_NAMES)
    for name in listed.stdout.split():
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Kept")
    assert set(environment()) & set(listed.stdout.split()) == set()
    assert environment()["GIT_AUTHOR_NAME"] == "Kept"
    assert run(str(repo), "rev-parse", "--show-toplevel").out.decode().strip() == str(repo)


def test_an_index_that_is_meant(repo: Path, tmp_path: Path) -> None:
    """``index`` names the index file to use; the work tree's own is untouched."""
    index = str(tmp_path / "index")
    run(str(repo), "read-tree", "--empty", index=index, reading=False)
    assert run(str(repo), "ls-files", index=index).out == b""
    assert run(str(repo), "ls-files").out == b"a.txt\n"


@pytest.mark.parametrize("size", [0, 1, 65536, 3_000_000])
def test_large_input_and_output(repo: Path, size: int) -> None:
    """Neither pipe fills up and stops the other."""
    data = b"x" * size
    blob = run(str(repo), "hash-object", "-w", "--stdin", input=data, reading=False).out.decode().strip()
    assert run(str(repo), "cat-file", "blob", blob).out == data
    lines = (blob + "\n").encode() * 50
    assert len(run(str(repo), "cat-file", "--batch", "--buffer", input=lines).out) > 50 * size


def test_failing(repo: Path) -> None:
    """What git said stands in the error; asked not to check, the code is given back."""
    with pytest.raises(GitFailed, match="unknown-command") as caught:
        run(str(repo), "unknown-command")
    assert caught.value.where == str(repo)
    assert run(str(repo), "rev-parse", "-q", "--verify", "nothing", check=False).code == 1


def test_no_git_at_all(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No git on the PATH is an error like any other."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitFailed):
        run(str(repo), "status", check=False)


def test_a_git_that_hangs_is_killed(repo: Path) -> None:
    """A time limit, also where the output is held open by nobody else; no process is left."""
    run(str(repo), "config", "alias.hang", "!exec sleep 60", reading=False)
    started = time.monotonic()
    with pytest.raises(GitFailed, match="no answer"):
        run(str(repo), "hang", timeout=0.3, check=False)
    assert time.monotonic() - started < 10


def test_no_descriptor_is_left_open(repo: Path) -> None:
    """A thousand calls must not use up the process's files."""
    folder = Path("/dev/fd")
    if not folder.exists():
        pytest.skip("needs /dev/fd to count")
    before = len(list(folder.iterdir()))
    for _ in range(5):
        run(str(repo), "rev-parse", "HEAD", input=b"x")
        run(str(repo), "nonsense", check=False)
    assert len(list(folder.iterdir())) == before
