"""Many sessions in one clone: at once, overnight, in several work trees, and where nobody is to register."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.registering import answer, gitml, hook, numbers
from support.registry_soak import NIGHT, run

from gitml.ops.context import open_at
from gitml.ops.registry.book import Book
from gitml.ops.registry.hooked import seen
from gitml.store import audit, heartbeats
from gitml.store.heartbeats import moment, moment_at
from gitml.store.lock import hold


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository that gitml records."""
    (repo / ".git" / "gitml").mkdir()
    return repo


def aged(folder: Path, seconds: float, *sessions: str) -> None:
    """The sessions' last signs are so long ago; all of them, where none is named."""
    book = Book(open_at(str(folder)).layout, moment())
    for one in book.all:
        if one.held and (not sessions or one.session_id in sessions):
            layout, name = book.beat_of(one)
            heartbeats.beat(layout, name, moment_at(moment().wall - seconds))


@pytest.mark.parametrize(("command", "rounds"), [(False, 4), (True, 1)])
def test_at_once(tmp_path: Path, command: bool, rounds: int) -> None:
    """Twenty processes, some killed on the way: no number twice, no torn file, in the end the numbers 1 to 20."""
    done = run(tmp_path, rounds, seed=7, command=command)
    assert done.registered >= 20 * rounds and done.reads > rounds


def test_by_hand_at_once(store: Path) -> None:
    """Commands by hand with nothing to tell them apart, started together: several. One after the other: the same."""

    def together(*arguments: str) -> list[int]:
        command = [sys.executable, "-m", "gitml", "session", "register", "--json", "--role", "same", *arguments]
        running = [
            subprocess.Popen(command, cwd=store, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(6)
        ]
        said = [process.communicate(timeout=60)[0] for process in running]
        return sorted(json.loads(each)["number"] for each in said if each)

    assert together() == [1, 2, 3, 4, 5, 6]
    assert together("--number", "9") == [9]
    again = [answer(store, "register", "--role", "same")["number"] for _ in range(2)]
    assert again[0] == again[1] and len(numbers(store)) == 7


def test_overnight(store: Path) -> None:
    """All are stale in the morning: reap marks each of them, and numbers start at 1 again."""
    for name in ("a", "b", "c"):
        hook(store, "SessionStart", name)
    aged(store, NIGHT)
    assert numbers(store) == {1: "inactive", 2: "inactive", 3: "inactive"}
    said = answer(store, "reap", "--dry-run")
    assert [one["number"] for one in said["reaped"]] == [1, 2, 3] and said["dry_run"]
    assert [row["marked_inactive_at"] for row in answer(store, "list")] == [None] * 3
    assert gitml(store, "session", "reap", "--quiet").stdout == ""
    marked = [row["marked_inactive_at"] for row in answer(store, "list")]
    assert all(marked) and answer(store, "reap")["reaped"] == []
    assert [answer(store, "register", "--session", name)["number"] for name in ("x", "y")] == [1, 2]
    hook(store, "Stop", "c")
    hook(store, "Stop", "a")
    assert {row["session_id"]: row["number"] for row in answer(store, "list")} == {"x": 1, "y": 2, "c": 3, "a": 4}


def test_three_of_thirteen(store: Path) -> None:
    """Three give signs: exactly ten are inactive after reap, and what became of each is in the audit log."""
    context = open_at(str(store))
    names = [f"s-{number:02}" for number in range(13)]
    for name in names:
        seen(context, "claude", name, "SessionStart", str(store))
    aged(store, 3 * 3600)
    for name in names[4:7]:
        hook(store, "UserPromptSubmit", name)
    assert len(answer(store, "reap")["reaped"]) == 10
    states = numbers(store)
    assert [number for number, state in states.items() if state == "active"] == [5, 6, 7]
    assert list(states.values()).count("inactive") == 10
    told = [line["what"] for line in audit.read(context.layout)]
    assert told == ["session.register"] * 13 + ["session.inactive"] * 10


def test_work_trees_share_one_registry(store: Path, git: object) -> None:
    """Numbers are the clone's; a session that enters another work tree keeps its own."""
    linked = store.parent / "linked"
    git(store, "worktree", "add", "-q", "-b", "side", str(linked))  # type: ignore[operator]
    hook(store, "SessionStart", "s-1")
    hook(linked, "SessionStart", "s-2")
    rows = answer(linked, "list")
    assert rows == [
        {**row, "age_seconds": rows[place]["age_seconds"]} for place, row in enumerate(answer(store, "list"))
    ]
    assert [(row["number"], row["branch"], row["role"]) for row in rows] == [(1, "main", "main"), (2, "side", "side")]
    assert [row["worktree"] for row in rows] == [str(store), str(linked)]
    hook(linked, "Stop", "s-1")
    assert [(row["number"], row["worktree"]) for row in answer(store, "list")] == [(1, str(linked)), (2, str(linked))]
    assert sorted(os.listdir(store / ".git/gitml/heartbeats")) == ["linked"]
    hook(store, "SessionEnd", "s-1")
    assert numbers(linked) == {1: "inactive", 2: "active"}


def test_nobody_registers_in_a_paused_clone(store: Path) -> None:
    """Nor where gitml was taken out, nor with GITML=off; by hand it says why."""
    gitml(store, "pause")
    hook(store, "SessionStart", "s-1")
    assert "hint: gitml resume" in gitml(store, "session", "register", code=1).stderr
    gitml(store, "resume")
    done = gitml(store, "session", "register", env={"GITML": "off"}, code=1)
    assert "nobody registers" in done.stderr
    assert numbers(store) == {}
    (store / ".git/gitml/uninstalled").touch()
    hook(store, "SessionStart", "s-1")
    assert gitml(store, "session", "register", code=4).stderr.startswith("error: ")
    assert not (store / ".git/gitml/registry").exists()


def test_reap_is_quiet_whatever_happens(store: Path, tmp_path: Path) -> None:
    """For cron: nothing printed and exit 0, also where there is nothing to reap in, or the lock is held."""
    assert gitml(tmp_path, "session", "reap", "--quiet").stderr == ""
    assert gitml(tmp_path, "session", "reap", "--quiet", "-C", "/nowhere", "--json").stdout == ""
    assert gitml(tmp_path, "session", "reap", code=4).stderr


def test_a_hook_does_not_wait_for_the_lock(store: Path) -> None:
    """It goes on without a number, and registers with its next turn."""
    context = open_at(str(store))
    code = "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, 2); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(store / ".git/gitml/lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline()
        begun = time.monotonic()
        seen(context, "claude", "s-1", "SessionStart", str(store))
        assert time.monotonic() - begun < 5
        assert numbers(store) == {}
        holder.kill()
    with hold(context.layout.lock):
        pass
    seen(context, "claude", "s-1", "Stop", str(store))
    assert numbers(store) == {1: "active"}


@pytest.mark.parametrize("session_id", ["", "../../x", "a/b", "x" * 300, "a b", "[", "\udc80"])
def test_odd_session_ids(store: Path, session_id: str) -> None:
    """No number, no file, no failure."""
    seen(open_at(str(store)), "claude", session_id, "SessionStart", str(store))
    assert numbers(store) == {}
    assert not (store / ".git/gitml/heartbeats").exists()
