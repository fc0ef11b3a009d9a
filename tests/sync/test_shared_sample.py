"""Real sessions: the licensed sample of public Claude Code transcripts, where it lies beside the checkout."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitml.ops.context import open_at
from gitml.store.fold import fold

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "transcripts"
SAMPLE = Path(os.environ.get("GITML_TRANSCRIPTS") or BESIDE) / "claude" / "projects"
STREAMS = ("sessions", "chats", "actions", "orchestration")

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample of real transcripts is not on this machine")


def gitml(folder: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gitml", *arguments], cwd=folder, capture_output=True, text=True, check=False, **more
    )


def sync(folder: Path, source: Path) -> dict[str, Any]:
    done = gitml(folder, "sync", "--source", str(source), "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def new_store(folder: Path, git: Any) -> Path:
    folder.mkdir()
    git(folder, "init", "-q")
    assert gitml(folder, "init", "--no-import").returncode == 0
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "set up", "--no-verify")
    return folder


def folded(folder: Path) -> dict[str, bytes]:
    return {stream: fold(open_at(str(folder)).layout, stream).data() for stream in STREAMS}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """What one run over everything folds to."""
    root = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:  # older than the fixture that gives every test its home
        patch.setenv("HOME", str(root))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        (root / ".git" / "gitml").mkdir()
        from gitml.ops.record.sync import sync_all

        report = sync_all(open_at(str(root)), source_dir=str(SAMPLE))
        assert (report.sessions, report.errors, report.damage) == (21, [], [])
        yield folded(root)


def test_every_session_is_taken_in_once(tmp_path: Path, git: Any, whole: dict[str, bytes]) -> None:
    """All 21 sessions without an error; a second run, and one that reads all again, append nothing."""
    repo = new_store(tmp_path / "repo", git)
    first = sync(repo, SAMPLE)
    assert (first["sessions"], first["errors"], first["damage"]) == (21, [], [])
    assert first["appended"] > 700
    assert sync(repo, SAMPLE)["appended"] == 0
    done = gitml(repo, "sync", "--full", "--source", str(SAMPLE), "--json")
    assert json.loads(done.stdout)["appended"] == 0
    assert folded(repo) == whole


def test_two_clones_merged_fold_as_one(tmp_path: Path, git: Any, whole: dict[str, bytes]) -> None:
    """Two clones that synced on their own, committed and merged, hold what one holds, byte for byte."""
    remote = tmp_path / "remote.git"
    first = new_store(tmp_path / "first", git)
    git(tmp_path, "clone", "-q", "--bare", str(first), str(remote))
    git(first, "remote", "add", "origin", str(remote))
    git(tmp_path, "clone", "-q", str(remote), "second")
    second = tmp_path / "second"
    assert gitml(second, "init", "--no-import").returncode == 0
    half = tmp_path / "half"
    for index, path in enumerate(sorted(SAMPLE.rglob("*.jsonl"))):
        target = half / path.relative_to(SAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_bytes().splitlines(keepends=True)
        target.write_bytes(b"".join(lines[: len(lines) // (1 + index % 3)]))
    sync(first, half)
    sync(second, SAMPLE)
    for clone in (first, second):
        (clone / f"{clone.name}.txt").write_text("work\n")
        git(clone, "add", f"{clone.name}.txt")
        git(clone, "commit", "-qm", f"work in {clone.name}")
        assert git(clone, "status", "--porcelain") == ""
    git(first, "push", "-q", "origin", "HEAD")
    git(second, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    git(second, "push", "-q", "origin", "HEAD")
    git(tmp_path, "clone", "-q", str(remote), "third")
    assert folded(tmp_path / "third") == whole


@pytest.mark.parametrize("seed", range(2))
def test_growing_prefixes_with_kills_fold_as_one(tmp_path: Path, git: Any, whole: dict[str, bytes], seed: int) -> None:
    """Every transcript grows by random pieces, cut anywhere; syncs are killed at random instants in between."""
    repo = new_store(tmp_path / "repo", git)
    growing = tmp_path / "growing"
    shutil.copytree(SAMPLE, growing)
    draw = random.Random(seed)
    files = {path: path.read_bytes() for path in sorted(growing.rglob("*.jsonl"))}
    done = dict.fromkeys(files, 0)
    for step in range(6):
        for path, data in files.items():
            done[path] = len(data) if step == 5 else min(len(data), done[path] + draw.randrange(len(data) // 3))
            path.write_bytes(data[: done[path]])
        _killed_sync(repo, growing, draw.uniform(0.1, 0.9))
        if step % 2:
            sync(repo, growing)
    sync(repo, growing)
    assert folded(repo) == whole


def _killed_sync(repo: Path, source: Path, after: float) -> None:
    command = [sys.executable, "-m", "gitml", "sync", "--source", str(source)]
    with subprocess.Popen(command, cwd=repo, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            running.wait(after)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
