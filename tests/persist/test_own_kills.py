"""A kill at any point of a commit of gitml's own: the next hook mends, and nothing is lost or there twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.kills import killed_at
from support.persisting import Remote, own, shared, status
from support.riding import LIVE, Clone

from gitml.ops.persist import state

EVERY = os.environ.get("EVERY_KILL") == "1"
"""All points (minutes) in place of some."""

STEP = 1 if EVERY else 31
LAST = 400


def staged_work(clone: Clone) -> tuple[str, str]:
    apart = ("--", ".", f":(exclude){LIVE}")
    return clone.git("diff", "--cached", *apart), clone.git("diff", *apart)


def check(remote: Remote, clone: Clone, chats: list[str], work: tuple[str, str]) -> None:
    """The clone is level with the remote, both hold all chats once, and a person's work stands."""
    assert remote.chats() == clone.ids() == chats
    assert staged_work(clone) == work
    assert clone.git("diff", "--cached", "--name-only", "--", LIVE) == ""
    assert status(clone).startswith("## work...origin/work\n")
    assert len(clone.files()) == len(clone.git("ls-files", LIVE).split())
    assert (clone.waiting(), clone.rides()) == (0, [])
    leftovers = {name for name in os.listdir(clone.root / ".git") if "index" in name or name.endswith(".lock")}
    assert leftovers == {"index"}
    assert clone.git("for-each-ref", "refs/gitml") == ""
    assert clone.git("fsck", "--no-dangling") == ""


def test_a_kill_at_any_point(tmp_path: Path) -> None:
    """At each touch of the world in turn: a person's work stays as it was, and the next hook makes all well."""
    remote, clone = shared(tmp_path)
    clone.change("a.txt", "staged\n")
    clone.write("a.txt", "and more\n")
    work = staged_work(clone)
    chats: list[str] = []
    own(clone)
    came_far = 0
    for number in range(0, LAST, STEP):
        chats.append(clone.chat(f"{number:04}a"))
        if not killed_at(number, lambda: own(clone)):
            break
        came_far = number
        assert clone.git("diff", "--", ".", f":(exclude){LIVE}") == work[1]
        chats.append(clone.chat(f"{number:04}b"))
        assert own(clone).did == state.DELIVERED, number
        check(remote, clone, chats, work)
    else:
        pytest.fail("it never came to its end")
    assert came_far > 60


def test_a_kill_while_others_push(tmp_path: Path) -> None:
    """The same where the commit is built on what another environment pushed."""
    remote, clone = shared(tmp_path)
    other = remote.clone(tmp_path / "b")
    chats: list[str] = []
    for number in range(7, LAST, STEP * 2 if not EVERY else 1):
        chats.append(other.chat(f"{number:04}o"))
        assert own(other).did == state.DELIVERED
        chats.append(clone.chat(f"{number:04}a"))
        ended = not killed_at(number, lambda: own(clone))
        chats.append(clone.chat(f"{number:04}b"))
        assert own(clone).did == state.DELIVERED, number
        check(remote, clone, sorted(chats), ("", ""))
        if ended:
            return
    pytest.fail("it never came to its end")


def test_a_kill_in_the_instant_of_the_move(tmp_path: Path) -> None:
    """Killed between branch and index: the lock it left is known as its own, and the next hook gives the index its
    files; a lock of somebody else's stays."""
    from gitml.git import transaction

    remote, clone = shared(tmp_path)
    chat = clone.chat(1)

    def die(*_: object) -> None:
        real(*_)  # type: ignore[arg-type]
        os._exit(9)

    real = transaction.Transaction.commit
    pid = os.fork()
    if pid == 0:
        transaction.Transaction.commit = die  # type: ignore[method-assign,assignment]
        own(clone)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    assert (clone.root / ".git" / "index.lock").exists()
    assert clone.git("diff", "--cached", "--name-status", "--", LIVE).startswith("D\t")
    second = clone.chat(2)
    own(clone)
    check(remote, clone, [chat, second], ("", ""))
