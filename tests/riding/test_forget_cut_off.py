"""Forgetting that was cut off: hidden from every view is not enough, it must not ride into history either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.riding import Clone, opted_in
from support.stores import run_until

from gitml.ops.forgetting import forget, targets
from gitml.ops.riding.settle import settle
from gitml.store import tombstones

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

NOW = 1795176000.0


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo)


def cut_off(clone: Clone, step: int, *chats: str) -> bool:
    """Forget, killed before the ``step``-th call that touches a file."""
    context = clone.context
    plan = forget.plan(context, targets.by_ids(context, chats), NOW)
    return run_until(lambda: forget.apply(context, plan), step)


def local_text(clone: Clone) -> str:
    found = [path for name in ("spool", "kept") for path in Path(clone.context.layout.local, name).rglob("*.jsonl")]
    return "".join(path.read_text() for path in found)


@pytest.mark.parametrize("steps", range(3))
def test_the_next_run_finishes(clone: Clone, steps: int) -> None:
    """Killed anywhere, either nothing was hidden, or all of it is and the next hook takes it out of local files."""
    keep = clone.chat("keep")
    for step in range(4 + steps, 400, 3):
        chats = [clone.chat(f"{step}a"), clone.chat(f"{step}b")]
        killed = cut_off(clone, step, *chats)
        settle(clone.context)
        text = local_text(clone)
        there = [chat for chat in chats if f'"id":"{chat}"' in text]
        assert there in ([], chats)
        assert keep in text
        assert len([one for one in map(json.loads, text.splitlines()) if one.get("target") in chats]) != 1
        if not killed:
            assert not there
            return
    pytest.fail("never came to an end")


def test_a_commit_does_not_carry_it(clone: Clone) -> None:
    """The commit after the kill takes nothing along that was asked to be forgotten."""
    chat = clone.chat(1)
    clone.chat(2)
    plan = forget.plan(clone.context, targets.by_ids(clone.context, (chat,)), NOW)
    for step in range(1, 100):
        run_until(lambda: forget.apply(clone.context, plan), step)
        if any(Path(clone.context.layout.local).glob("forgetting.json")):
            break
    clone.change("a.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert clone.ids() == ["chat-20261120-150332-000002"]
    assert "prompt 1" not in local_text(clone)


def test_a_disk_that_fails_meanwhile(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tombstones that cannot be read back do not leave the record where it is: what was asked for is known."""
    chat = clone.chat(1)
    plan = forget.plan(clone.context, targets.by_ids(clone.context, (chat,)), NOW)
    monkeypatch.setattr(tombstones, "load", lambda layout: tombstones.Tombstones())
    forget.apply(clone.context, plan)
    assert "prompt 1" not in local_text(clone)
