"""A check that cloud machines run at the end of a turn, beside gitml's hook: it must find nothing to complain of."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest
from support.persisting import own, shared
from support.riding import Clone

from gitml.ops.persist import state

CHECK = """#!/bin/sh
# Dirty, staged, untracked, unpushed: any of them makes an agent go on working.
git diff --quiet || { echo unstaged; exit 2; }
git diff --cached --quiet || { echo staged; exit 2; }
[ -z "$(git ls-files --others --exclude-standard)" ] || { echo untracked; exit 2; }
branch=$(git branch --show-current)
if git rev-parse -q --verify "origin/$branch" >/dev/null; then base=origin/$branch; else base=origin/HEAD; fi
[ "$(git rev-list "$base..HEAD" --count)" = 0 ] || { echo unpushed; exit 2; }
"""
TURNS = 15


@pytest.mark.parametrize("new", [False, True])
def test_beside_the_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: bool) -> None:
    """Started together with the hook, as a client does, and again right after: not one complaint."""
    _, clone = shared(tmp_path)
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")
    if new:
        clone.git("switch", "-q", "-c", "new")
    script = _script(tmp_path)
    for number in range(10):
        clone.chat(number)
        check = subprocess.Popen(["sh", str(script)], cwd=clone.root, stdout=subprocess.PIPE)
        assert own(clone).did == state.DELIVERED
        assert (check.communicate()[0], check.returncode) == (b"", 0)
        assert subprocess.run(["sh", str(script)], cwd=clone.root, check=False).returncode == 0


def test_in_a_tight_loop(tmp_path: Path) -> None:
    """Polled without a pause nothing is ever untracked, unstaged or unpushed. Staged: HEAD and index are two files, and
    who reads one of them before both have moved and the other one after may see it, once in a hundred times."""
    _, clone = shared(tmp_path)
    script = _script(tmp_path)
    said: list[str] = []
    over = threading.Event()
    poller = threading.Thread(target=_poll, args=(clone, script, said, over))
    poller.start()
    try:
        for number in range(TURNS):
            clone.chat(number)
            assert own(clone).did == state.DELIVERED
    finally:
        over.set()
        poller.join()
    assert len(said) > TURNS
    assert set(said) <= {"", "staged"}
    assert said.count("staged") <= max(2, len(said) // 50)


def _script(folder: Path) -> Path:
    script = folder / "check.sh"
    script.write_text(CHECK)
    return script


def _poll(clone: Clone, script: Path, said: list[str], over: threading.Event) -> None:
    while not over.is_set():
        done = subprocess.run(["sh", str(script)], cwd=clone.root, capture_output=True, text=True, check=False)
        said.append((done.stdout + done.stderr).strip())
