"""Whose process it is, told in real process trees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.registering import answer, gitml, numbers

from gitml.git import process

SCRIPT = """#!/bin/sh
# Stands for an agent: runs each line of its input in a shell of its own, as agents run hooks and tools.
while read -r line; do sh -c "$line" >&2; echo done; done
"""
PAYLOAD = '{"session_id":"%s","cwd":"%s","hook_event_name":"%s"}'


class Agent:
    """A process that is called ``name`` and runs what it is told."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def run(self, line: str) -> None:
        """Run a line and wait for its end."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line.replace("\n", " ") + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def hook(self, event: str, session_id: str) -> None:
        """Fire a hook, through another shell, as installed ones are."""
        payload = PAYLOAD % (session_id, self.folder, event)
        self.run(f"printf '%s' '{payload}' | timeout 20 sh -c '{sys.executable} -m gitml hook claude; exit 0'")

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository that gitml records."""
    (repo / ".git" / "gitml").mkdir()
    return repo


Start = Callable[[list[str]], Agent]


@pytest.fixture
def start(store: Path) -> Iterator[Start]:
    """Starts agents in the store, and kills them all at the end."""
    with ExitStack() as stack:

        def started(command: list[str]) -> Agent:
            agent = Agent(command, store)
            stack.callback(agent.end)
            return agent

        yield started


def called(folder: Path, name: str) -> list[str]:
    """The command of an agent by that name: a copy of the shell, since a script's process is called like its shell."""
    shell, script = folder / name, folder / "agent.sh"
    shutil.copy(os.path.realpath("/bin/sh"), shell)
    script.write_text(SCRIPT)
    return [str(shell), str(script)]


def test_a_killed_agents_number_is_free_at_once(store: Path, tmp_path: Path, start: Start) -> None:
    """The agent's process is found above the hook's shells; killed, it counts as gone without any waiting."""
    agent = start(called(tmp_path, "claude"))
    agent.hook("SessionStart", "s-1")
    (row,) = answer(store, "list")
    assert (row["pid"], row["state"]) == (agent.process.pid, "active")
    agent.end()
    assert numbers(store) == {1: "inactive"}
    again = answer(store, "register", "--session", "s-2")
    assert (again["number"], again["reaped"]) == (1, [1])
    assert "session.inactive" in next((store / ".git/gitml/events").glob("*.jsonl")).read_text()


def test_a_command_in_the_agents_shell_is_about_its_session(store: Path, tmp_path: Path, start: Start) -> None:
    """Also where the shell has no session's id: the process is the same. Another agent below it is itself."""
    agent = start(called(tmp_path, "claude"))
    agent.hook("SessionStart", "s-1")
    agent.run(f"{sys.executable} -m gitml session register --role backend --goal 'all of it'")
    (row,) = answer(store, "list")
    assert (row["session_id"], row["role"], row["goal"], row["pid"]) == (
        "s-1",
        "backend",
        "all of it",
        agent.process.pid,
    )
    codex = " ".join(called(tmp_path, "codex"))
    agent.run(f"echo '{sys.executable} -m gitml session register --role below' | CLAUDE_CODE_SESSION_ID=s-1 {codex}")
    assert [(row["number"], row["agent"], row["role"]) for row in answer(store, "list")] == [
        (1, "claude", "backend"),
        (2, "codex", "below"),
    ]
    agent.run(f"{sys.executable} -m gitml session end")
    assert numbers(store) == {1: "inactive", 2: "inactive"}


def test_an_agent_that_is_a_script(store: Path, tmp_path: Path, start: Start) -> None:
    """One run by node is told by its script's name or package; nothing else that node runs is taken for it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    code = (
        "const {spawnSync} = require('child_process');"
        "require('readline').createInterface({input: process.stdin}).on('line', line => {"
        "spawnSync('sh', ['-c', line], {stdio: ['ignore', 'ignore', 'ignore']}); console.log('done')})"
    )
    found = {}
    for place in (
        "node_modules/@anthropic-ai/claude-code/cli.js",
        "bin/claude",
        "claude/other.js",
        "node_modules/x/y.js",
    ):
        script = tmp_path / place
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(code)
        agent = start([node, "--no-warnings", str(script)])
        agent.hook("SessionStart", place.replace("/", "-").replace("@", "-"))
        (row,) = [row for row in answer(store, "list") if row["state"] != "inactive"]
        found[place] = row["pid"] == agent.process.pid
        agent.hook("SessionEnd", place.replace("/", "-").replace("@", "-"))
    assert list(found.values()) == [True, True, False, False]


def test_a_number_that_another_process_got(store: Path, tmp_path: Path, start: Start) -> None:
    """A process is told by when it started, too; on another machine, or in another container, it is not judged."""
    agent = start(called(tmp_path, "claude"))
    agent.hook("SessionStart", "s-1")
    path = store / ".git/gitml/registry/1.json"
    entry, started = path.read_text(), process.started(agent.process.pid)
    path.write_text(entry.replace(f'"started":"{started}"', '"started":"1"'))
    assert numbers(store) == {1: "inactive"}
    agent.end()
    for place in ('"boot":"', '"host":"', '"pids":"'):
        path.write_text(entry.replace(place, f"{place}another"))
        assert numbers(store) == {1: "active"}, place
    path.write_text(entry)
    assert numbers(store) == {1: "inactive"}


def test_in_another_process_space(store: Path, tmp_path: Path, start: Start) -> None:
    """In a container the agent is often process 1. From outside its number says nothing, and only its signs count."""
    inside = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no process space of its own can be made here")
    agent = start([*inside, *called(tmp_path, "claude")])
    agent.hook("SessionStart", "s-1")
    assert [(row["pid"], row["state"]) for row in answer(store, "list")] == [(1, "active")]
    agent.run(f"{sys.executable} -m gitml session register --role inside")
    assert [row["role"] for row in answer(store, "list")] == ["inside"]
    agent.end()
    assert numbers(store) == {1: "active"}
    assert answer(store, "reap", "--timeout-minutes", "0")["reaped"][0]["why"] == "no sign for 0 min"


def test_a_living_silent_agent_is_told_and_left_alone(store: Path, tmp_path: Path, start: Start) -> None:
    """However long it said nothing: it keeps its number, and reap says so."""
    agent = start(called(tmp_path, "claude"))
    agent.hook("SessionStart", "s-1")
    time.sleep(0.01)
    said = answer(store, "reap", "--timeout-minutes", "0")
    assert (said["reaped"], [one["number"] for one in said["silent"]]) == ([], [1])
    assert "its process lives" in gitml(store, "session", "reap", "--timeout-minutes", "0").stdout
    assert agent.process.poll() is None and numbers(store) == {1: "active"}
    agent.hook("SessionEnd", "s-1")
    assert numbers(store) == {1: "inactive"}
