"""With every agent's home on the machine, one sync takes each repository's sessions from all of them, and no others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.every_agent import MAKERS

AGENTS = sorted(MAKERS)


@pytest.fixture
def repos(tmp_path: Path, git: Any) -> list[Path]:
    """Two repositories that record, one with a linked work tree below it."""
    made = []
    for name in ("one", "two"):
        root = (tmp_path / name).resolve()
        root.mkdir()
        git(root, "init", "-q")
        git(root, "commit", "-q", "--allow-empty", "-m", "first")
        (root / ".git" / "gitml").mkdir()
        made.append(root)
    git(made[0], "worktree", "add", "-q", str(made[0] / "trees" / "three"))
    return made


def sync(folder: Path, *more: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "sync", "--json", *more],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert (report["errors"], report["warnings"], report["damage"]) == ([], [], [])
    return report


def chats(folder: Path) -> dict[str, str]:
    """Prompt: answer."""
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "cat", "chats"], cwd=folder, capture_output=True, text=True, check=True
    )
    return {chat["input"]: chat["output"] for chat in map(json.loads, done.stdout.splitlines())}


def expected(*places: str) -> dict[str, str]:
    return {f"{agent} in {place}": f"done: {agent} in {place}" for agent in AGENTS for place in places}


def test_each_repository_gets_its_own_from_all(repos: list[Path], home: Path, tmp_path: Path) -> None:
    """What began in a repository or in a work tree of it is its own; what began in another, or in none, is not."""
    one, two = repos
    outside = tmp_path / "nowhere"
    outside.mkdir()
    places = {"one": one, "three": one / "trees" / "three", "two": two, "nowhere": outside}
    for number, agent in enumerate(AGENTS):
        for step, (place, folder) in enumerate(places.items()):
            MAKERS[agent](home, folder, f"{agent} in {place}", 1 + number * len(places) + step)
    assert sync(one)["sessions"] == 2 * len(AGENTS)
    assert chats(one) == expected("one", "three")
    assert chats(two) == {}
    assert sync(two)["sessions"] == len(AGENTS)
    assert (chats(one), chats(two)) == (expected("one", "three"), expected("two"))
    assert sync(one)["appended"] == sync(two)["appended"] == 0


@pytest.mark.parametrize("agent", AGENTS)
def test_one_agent_alone(repos: list[Path], home: Path, agent: str) -> None:
    """Named, it is the only one that is read; the others' homes need not even be there."""
    for number, name in enumerate(AGENTS, 1):
        MAKERS[name](home, repos[0], f"{name} in one", number)
    assert sync(repos[0], "--agent", agent)["sessions"] == 1
    assert list(chats(repos[0])) == [f"{agent} in one"]
