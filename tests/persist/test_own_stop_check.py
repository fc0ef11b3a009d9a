"""A check that cloud machines run at the end of a turn, beside gitml's hook: it must find nothing to complain of."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from support.persisting import own, shared
from support.riding import Clone
from support.stop_check import StopCheck

from gitml.ops.persist import state

TURNS = 6


@pytest.mark.parametrize("new", [False, True])
def test_beside_the_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: bool) -> None:
    """Started together with the hook, as a client does, and again right after: not one complaint."""
    _, clone = shared(tmp_path)
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")
    if new:
        clone.git("switch", "-q", "-c", "new")
    check = StopCheck(tmp_path / "check")
    for number in range(3):
        clone.chat(number)
        running = check.start(clone.root)
        assert own(clone).did == state.DELIVERED
        assert (running.communicate()[1], running.returncode) == (b"", 0)
        assert check.complaint(clone.root) == ""


def test_in_a_tight_loop(tmp_path: Path) -> None:
    """Polled without a pause nothing is ever untracked, unstaged or unpushed. Staged: HEAD and index are two files, and
    who reads one of them before both have moved and the other one after may see it, once in a hundred times."""
    _, clone = shared(tmp_path)
    check = StopCheck(tmp_path / "check")
    said: list[str] = []
    over = threading.Event()
    poller = threading.Thread(target=_poll, args=(clone, check, said, over))
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


def _poll(clone: Clone, check: StopCheck, said: list[str], over: threading.Event) -> None:
    while not over.is_set():
        said.append(check.complaint(clone.root))
