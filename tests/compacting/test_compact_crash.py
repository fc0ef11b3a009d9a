"""A compaction that is killed, or meets a broken disk, at any instant: nothing is lost, and the next run mends it."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from support.compacting import TRACKED, Store
from support.stores import CALLS, run_until

from gitml.errors import GitmlError
from gitml.ops.compacting import journal
from gitml.ops.compacting.compact import compact, compact_onto
from gitml.ops.compacting.plan import Wanted
from gitml.ops.context import open_at
from gitml.store.fold import fold


@pytest.fixture(autouse=True)
def mine(store: Store) -> None:
    """Something of the user's is staged."""
    store.write("mine.txt", b"mine\n")
    store.git("add", "mine.txt")


def run(store: Store, *, commit: bool = False) -> None:
    """A compaction in this process."""
    compact(open_at(str(store.root)), Wanted(time.time()), nobody, commit=commit, force=False, dry_run=False)


def nobody(done: int, all: int) -> None:
    return


def seen(store: Store) -> list[bytes]:
    """What reading the work tree gives."""
    folded = fold(open_at(str(store.root)).layout, "chats")
    assert folded.damage == []
    return folded.lines


def reset(store: Store, start: str) -> None:
    """Back to before, with nothing left over."""
    store.git("reset", "-q", "--hard", start)
    store.git("checkout", "-q", "-f", start, "--", ".git-ml")
    store.write("mine.txt", b"mine\n")
    store.git("add", "mine.txt")


@pytest.mark.parametrize("commit", [False, True])
def test_killed_at_every_step(store: Store, commit: bool) -> None:
    """Killed before any of its calls on files, a write done by half: every record is read, also from a clone of HEAD
    alone; the next run ends as if nothing had happened, with the user's staged work as it was."""
    before, start = seen(store), store.head()
    run(store, commit=True)
    wanted = store.tree()
    reset(store, start)
    steps = calls(lambda: run(store, commit=commit))
    killed = 0
    for step in range(steps, 0, -max(1, steps // PLACES)):
        reset(store, start)
        killed += run_until(lambda: run(store, commit=commit), step)
        assert seen(store) == before, step
        assert store.git("diff", "--cached", "--name-only", "--", ":!.git-ml").split() == ["mine.txt"]
        run(store, commit=True)
        assert store.tree() == wanted, step
        assert store.git("status", "--porcelain").splitlines() == ["A  mine.txt"], step
        assert not journal.left_over(open_at(str(store.root)).layout)
        assert leftovers(store) == []
    assert killed >= min(PLACES, steps) * 3 // 4


PLACES = int(os.environ.get("COMPACT_CRASH_PLACES", "4"))
"""How many places the suite tries; COMPACT_CRASH_PLACES=1000 tries all, which takes minutes."""


def calls(action: Callable[[], object]) -> int:
    """How many calls on files the action makes."""
    count = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            nonlocal count
            count += 1
            return real(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, counted(getattr(os, name)))
        action()
    return count


def leftovers(store: Store) -> list[str]:
    folders = (store.root / TRACKED, store.root / ".git/gitml/compact")
    return [str(path) for folder in folders for path in folder.rglob("*") if path.is_file()
            and (path.name.endswith(".tmp") or "compact" in str(path))]  # fmt: skip


@pytest.mark.parametrize("commit", [False, True])
@pytest.mark.parametrize("call, code", [("write", errno.ENOSPC), ("fsync", errno.EIO), ("rename", errno.EIO)])
def test_broken_disk(store: Store, monkeypatch: pytest.MonkeyPatch, call: str, code: int, commit: bool) -> None:
    """A full or broken disk at any call: an error and no damage; once it works again, so does compaction."""
    before, start = seen(store), store.head()
    for place in (2, 7):
        reset(store, start)
        with monkeypatch.context() as patch:
            failing(patch, call, place, code)
            with suppress(OSError, GitmlError):
                run(store, commit=commit)
        assert seen(store) == before
        run(store, commit=True)
        assert seen(store) == before and store.git("status", "--porcelain").splitlines() == ["A  mine.txt"]


def failing(patch: pytest.MonkeyPatch, name: str, place: int, code: int) -> None:
    """The ``place``-th call of that kind on, all fail."""
    real: Callable[..., object] = getattr(os, name)
    count = 0

    def call(*arguments: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count >= place:
            raise OSError(code, os.strerror(code))
        return real(*arguments, **named)

    patch.setattr(os, name, call)


def test_the_index_is_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While git holds the index, compaction waits a little, then gives up with code 5 and leaves all as it was."""
    monkeypatch.setattr("gitml.ops.compacting.placing.PATIENCE", 0.1)
    lock = store.root / ".git" / "index.lock"
    status = store.git("status", "--porcelain")
    lock.touch()
    with pytest.raises(GitmlError) as caught:
        run(store)
    assert caught.value.exit_code == 5 and "index" in caught.value.what
    lock.unlink()
    run(store, commit=True)
    assert store.git("status", "--porcelain") == status


def test_head_moves_meanwhile(store: Store) -> None:
    """A commit made while the plan is built is not lost: compaction gives way with code 5."""
    moved: list[str] = []

    def somebody_commits(done: int, all: int) -> None:
        if not moved:
            moved.append(store.commit("somebody else's"))

    with pytest.raises(GitmlError) as caught:
        context = open_at(str(store.root))
        compact(context, Wanted(time.time()), somebody_commits, commit=True, force=False, dry_run=False)
    assert caught.value.exit_code == 5
    assert store.head() == moved[0] and store.git("status", "--porcelain") == ""


def test_killed_on_a_branch(store: Store) -> None:
    """``--branch`` killed anywhere: the branch is there whole or not at all, and the work tree never changes."""
    before = store.git("status", "--porcelain")

    def onto() -> None:
        compact_onto(open_at(str(store.root)), "aside", Wanted(time.time()), nobody, dry_run=False)

    onto()
    wanted, step = store.tree("aside"), 1
    while run_until(onto, step):
        if store.git("branch", "--list", "aside").strip():
            assert store.tree("aside") == wanted
        store.git("branch", "-q", "-D", "aside", code=None)
        assert store.git("status", "--porcelain") == before
        step += 60
    assert store.tree("aside") == wanted
