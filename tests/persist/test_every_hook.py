"""What a person has staged, changed and put away is as it was after every hook of the agent's, whatever the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.persisting import payload, shared
from support.riding import LIVE, ONLY_CHATS, Clone
from support.transcript import Transcript
from support.users_work import seen, work

SESSION = "11111111-2222-4333-8444-555555555555"
EVENTS = ("SessionStart", "UserPromptSubmit", "Stop", "SubagentStop", "PreCompact", "SessionEnd")


@pytest.mark.parametrize("way", ["with-commits", "own-commits", "side-branch"])
def test_every_hook_leaves_it(tmp_path: Path, home: Path, way: str) -> None:
    """Index, files, stash, logs and unpushed commits, byte for byte; with commits of gitml's own the index has their
    parts besides. The turns are recorded all the same."""
    _remote, clone = shared(tmp_path, f'persist = "{way}"\n' + ONLY_CHATS)
    work(clone)
    clone.git("commit", "-q", "-m", "unpushed", "--only", "staged.txt", "--no-verify")
    clone.git("status")
    mine = clone.git("rev-list", "HEAD").split()
    made = Transcript(SESSION, str(clone.root.resolve()))
    for number, event in enumerate(EVENTS):
        made.prompt(f"prompt {number}")
        made.says(f"answer {number}")
        before, index = seen(clone), (clone.root / ".git" / "index").read_bytes()
        hook(clone, made.write(home / ".claude" / "projects"), event)
        assert seen(clone) == before, event
        assert way == "own-commits" or (clone.root / ".git" / "index").read_bytes() == index, event
        assert clone.git("diff", "--cached", "--name-only", "--", LIVE) == "", event
    assert clone.git("rev-list", "HEAD").split()[-len(mine) :] == mine
    assert len(clone.git("rev-list", "HEAD").split()) - len(mine) == (4 if way == "own-commits" else 0)
    assert clone.git("fsck", "--no-dangling") == ""


def hook(clone: Clone, transcript: Path, event: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "hook", "claude"], cwd=clone.root, env=clone.environ(), check=False,
        input=payload(clone.root, SESSION, transcript, event), capture_output=True, timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
