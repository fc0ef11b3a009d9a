"""Damage in the registry is told, mended by whoever registers next, and blocks nobody."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from support.registering import answer, gitml, hook, numbers, take

from gitml.ops.context import open_at
from gitml.ops.registry.hooked import seen
from gitml.ops.registry.roster import roster
from gitml.store import heartbeats


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository that gitml records, with two sessions registered."""
    (repo / ".git" / "gitml").mkdir()
    for name in ("s-1", "s-2"):
        seen(open_at(str(repo)), "claude", name, "SessionStart", str(repo))
    return repo


@pytest.mark.parametrize("content", [b"", b'{"number":1,', b"[" * 100_000])
def test_a_torn_file(store: Path, content: bytes) -> None:
    """It is told by verify and doctor; the next who registers gets the number; its session registers again."""
    (store / ".git/gitml/registry/1.json").write_bytes(content)
    assert numbers(store) == {2: "active"}
    found = json.loads(gitml(store, "verify", "--no-secrets", "--json").stdout)["findings"]
    assert [(one["check"], one["severity"], one["mend"]) for one in found if one["check"] == "registry"] == [
        ("registry", "warning", "gitml verify --repair")
    ]
    assert answer(store, "register", "--session", "s-3")["number"] == 1
    hook(store, "Stop", "s-1")
    assert numbers(store) == {1: "active", 2: "active", 3: "active"}
    assert len(list((store / ".git/gitml/heartbeats/main").iterdir())) == 3
    events = (store / ".git/gitml/events").glob("*.jsonl")
    assert sum('"session.mend"' in line for path in events for line in path.read_text().splitlines()) == 1


def test_what_is_no_file(store: Path, tmp_path: Path) -> None:
    """A link goes and reaches nothing; a folder stays, and its number is passed over; repair mends what can be."""
    folder, outside = store / ".git/gitml/registry", tmp_path / "outside.json"
    outside.write_text("{}")
    (folder / "1.json").unlink()
    (folder / "1.json").symlink_to(outside)
    (folder / "2.json").unlink()
    (folder / "2.json").mkdir()
    gitml(store, "verify", "--no-secrets", "--repair")
    assert not (folder / "1.json").is_symlink() and outside.read_text() == "{}"
    assert [answer(store, "register", "--session", name)["number"] for name in ("a", "b")] == [1, 3]
    assert "cannot be given out" in gitml(store, "session", "register", "--number", "2", code=1).stderr
    hook(store, "Stop", "s-2")
    assert answer(store, "list")[-1]["number"] == 4


def test_a_torn_sign(store: Path) -> None:
    """Counts by its file's own time; the next sign makes it whole."""
    path = store / ".git/gitml/heartbeats/main" / heartbeats.name_of("claude", "s-1")
    context = open_at(str(store))
    for content in (b"", b"soon", b"1 2", b"nan nan x\n", b"\xff" * 90, b"9" * 5000):
        path.write_bytes(content)
        assert roster(context, time.time()).active_session("claude", "s-1"), content
        assert not roster(context, time.time() + 7300).active_session("claude", "s-1"), content
        seen(context, "claude", "s-1", "Stop")
        found = heartbeats.last(context.layout, path.name)
        assert found is not None and found.boot == heartbeats.boot_id()


def test_odd_entries(store: Path) -> None:
    """An entry with keys of other types is somebody's nobody knows: it is listed, gone, and replaced."""
    odd = {
        "number": "x",
        "agent": 7,
        "session_id": None,
        "pid": "1",
        "tree": "../..",
        "beat": [],
        "place": 3,
        "role": {},
    }
    (store / ".git/gitml/registry/1.json").write_text(json.dumps(odd))
    assert numbers(store) == {1: "inactive", 2: "active"}
    assert answer(store, "register", "--session", "s-9")["number"] == 1
    assert not (store / ".git/gitml/../../number-1").exists()


def test_what_is_in_the_way_of_everything(store: Path) -> None:
    """Files where folders belong: hooks go on, commands say what it is, reap --quiet says nothing."""
    for name in ("registry", "heartbeats"):
        folder = store / ".git/gitml" / name
        folder.rename(folder.with_name(f"{name}.away"))
        folder.write_text("in the way")
    hook(store, "SessionStart", "s-3")
    hook(store, "Stop", "s-1")
    assert gitml(store, "session", "register", "--role", "x", code=1).stderr.startswith("error: ")
    assert gitml(store, "session", "reap", "--quiet").stdout == ""


@pytest.mark.parametrize(
    "odd",
    [
        {"beat": {"wall": float("nan"), "steady": float("inf"), "boot": ""}, "place": {}, "key": "x" * 5000},
        {"worktree": "/a\0b", "cwd": "\udc80", "tree": "\ud800", "role": "\x1b[31m", "goal": "\n" * 99, "branch": "\0"},
        {"pid": 10**30, "started": "1", "tree": "t" * 5000, "session_id": "\ud800", "agent": "\0", "key": "../../x"},
        {"pid": True, "tree": "main\0", "beat": {"wall": 10**400, "steady": -(10**400)}, "user": [], "why": {"a": 1}},
    ],
)
def test_entries_that_were_meant_badly(store: Path, odd: dict[str, object]) -> None:
    """Nothing an entry says keeps others from listing, registering, reaping, or asking who is active."""
    path = store / ".git/gitml/registry/1.json"
    stated = json.loads(path.read_text()) | odd
    if "pid" in odd:  # judged as a process of this place
        stated["place"] = json.loads((store / ".git/gitml/registry/2.json").read_text())["place"]
    path.write_text(json.dumps(stated))
    gitml(store, "session", "list")
    context = open_at(str(store))
    found = roster(context, time.time())
    assert found.active_session("claude", "s-2") and found.active_in(str(store)) is not None
    assert list(numbers(store))[-1] == 2
    gitml(store, "session", "reap", "--timeout-minutes", "0")
    assert [take(context, name, heartbeats.moment()).number for name in "ab"] == [1, 2]
    assert sorted(os.listdir(store / ".git/gitml/heartbeats")) == ["main"]
