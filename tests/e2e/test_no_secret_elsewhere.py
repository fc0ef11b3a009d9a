"""Planted secrets in sessions of other agents, in what their hooks are called with, and in older layouts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard
from support.calling import SHAPES
from support.planting import MAKERS, old_project
from support.secrets_made import made as secrets

KINDS = sorted(secrets())


class Tried:
    """A repository, and all that was printed in it."""

    def __init__(self, repo: Path, home: Path) -> None:
        self.repo, self.home, self.said = repo, home, b""
        self.environ = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def run(self, *command: str, input: bytes = b"", **more: str) -> str:
        done = subprocess.run(
            command, cwd=self.repo, env=self.environ | more, capture_output=True, check=False, input=input
        )
        self.said += done.stdout + done.stderr
        return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def commit(self, name: str) -> None:
        (self.repo / name).write_text(name)
        self.run("git", "add", name)
        self.run("git", "commit", "-qm", name)

    def written(self, *left_out: str) -> dict[str, bytes]:
        """{file: its bytes, unpacked} of all that gitml may have written to."""
        roots = (self.repo / ".git-ml", self.repo / ".git", self.home / ".local", self.home / ".config")
        names = [path for root in roots for path in sorted(root.rglob("*")) if path.is_file()]
        return {
            str(path): unpacked(path.read_bytes())
            for path in names
            if not any(part in str(path) for part in ("/.git/objects/", *left_out))
        }

    def objects(self) -> bytes:
        """Every object there is."""
        every = ["git", "cat-file", "--batch", "--batch-all-objects"]
        return subprocess.run(every, cwd=self.repo, capture_output=True, check=True).stdout


def unpacked(data: bytes) -> bytes:
    """A piece of a raw copy is compressed."""
    return zstandard.decompress(data) if data.startswith(b"\x28\xb5\x2f\xfd") else data


def needle(secret: str) -> bytes:
    """What stands on one line of it, whichever way it is escaped."""
    lines = secret.split("\n")
    return lines[len(lines) // 2].encode()


def given_away(tried: Tried, *left_out: str) -> list[str]:
    """(kind, where) of every secret that is found."""
    kinds = {f"{kind}/{seed}": needle(text) for seed in (3, 5) for kind, text in secrets(seed).items()}
    kinds |= {f"{kind} in numbers": ",".join(map(str, text)).encode() for kind, text in kinds.items()}
    places = {**tried.written(*left_out), "objects": tried.objects(), "said": tried.said}
    return [f"{kind} in {place}" for kind, text in kinds.items() for place, data in places.items() if text in data]


@pytest.fixture
def tried(repo: Path, home: Path) -> Tried:
    return Tried(repo, home)


BEFORE = [
    ["sync", "-v"],
    ["digest", "-v"],
    ["session", "list", "--json"],
    ["seal"],
    ["list", "--json"],
    ["cat", "chats"],
    ["cat", "actions"],
    ["doctor"],
]
AFTER = [
    ["clean", "--all", "--older-than", "0h", "--force", "-v"],
    ["clean", "--history"],
    ["sync", "--full", "-v"],
]


def test_sessions_of_other_agents(tried: Tried) -> None:
    """No byte that is written or printed holds any of them, wherever in a session it stood; all sessions are taken."""
    root, made = tried.repo.resolve(), []
    tried.run("gitml", "init", "--no-import", "--agent", "codex", "--agent", "gemini", "--agent", "grok")
    with (root / ".git-ml" / "config.toml").open("a") as config:
        config.write("\n[compat]\nwrite_local_files = true\n")
    tried.run("git", "commit", "-qam", "set up")
    for number, kind in enumerate(KINDS):
        for place, (_agent, maker) in enumerate(MAKERS.items()):
            ids = bool((number + place) % 2)
            secret = secrets(5 if ids else 3)[kind]
            made.append(maker(tried.home, root, secret, 1 + 100 * number + 10 * place, ids=ids))
    for command in BEFORE:
        tried.run("gitml", *command)
    tried.commit("two.txt")
    listed = {one["session_id"] for one in map(json.loads, tried.run("gitml", "cat", "sessions").splitlines())}
    assert set(made) <= listed
    assert given_away(tried) == []
    for command in AFTER:
        tried.run("gitml", *command)
    assert given_away(tried) == []


def test_calls_of_hooks_and_who_registers(tried: Tried) -> None:
    """Ids, folders, prompts, models and paths in payloads; roles, goals and branches of those who register."""
    root = tried.repo.resolve()
    tried.run("gitml", "init", "--no-import")
    tried.run("git", "commit", "-qm", "set up")
    for number, kind in enumerate(KINDS):
        secret = secrets(3)[kind]
        agent = list(SHAPES)[number % len(SHAPES)]
        for event in ("SessionStart", "Stop", "stop", "AfterAgent")[number % 2 :: 2]:
            given = SHAPES[agent](root, event) | {secret: secret}
            texts = ("prompt", "model", "transcript_path", "last_assistant_message", "reason", "source", "user_email")
            given |= dict.fromkeys(texts, f"/x/{secret}")
            given |= dict.fromkeys(("session_id", "sessionId", "conversation_id", "agent_id"), secret)
            named = {"GROK_SESSION_ID": secret.replace("\n", " ")} if agent == "grok" else {}
            tried.run("gitml", "hook", agent, input=json.dumps(given).encode(), **named)
        subprocess.run(["git", "checkout", "-qb", f"topic/{secret}"], cwd=root, capture_output=True, check=False)
        tried.run("gitml", "session", "register", "--session", secret.split("\n")[0], "--agent", "codex")
        tried.run("gitml", "session", "register", "--role", f"role {secret}", "--goal", f"goal {secret}")
    for command in (["session", "list"], ["session", "list", "--json"], ["clean", "--history"], ["doctor"]):
        tried.run("gitml", *command)
    found = given_away(tried, "/.git/HEAD", "/.git/logs/", "/.git/refs/")
    assert found == [], "\n".join(found)


def test_older_layouts(tried: Tried) -> None:
    """Taken in from texts, keys, ids, names of files and packed parts; shared files are moved without any of them."""
    data = tried.repo / ".git-ml"
    tried.run("gitml", "init", "--no-import")
    tried.run("git", "commit", "-qm", "set up")
    for number, kind in enumerate(KINDS):
        old_project(data, secrets(3)[kind], number)
    for command in (["migrate", "--dry-run", "-v"], ["migrate", "-v"], ["migrate", "--json"], ["cat", "chats"]):
        tried.run("gitml", *command)
    tried.commit("one.txt")
    for command in (["cat", "sessions"], ["status"], ["health"], ["list"], ["clean", "--history"]):
        tried.run("gitml", *command)
    assert b"[redacted:" in tried.objects()
    own = tuple(f"/.git-ml/{name}/" for name in ("chats", "sessions", "actions", "commits", "orchestration"))
    found = given_away(tried, *own, "/tracked/chunked/")
    assert found == [], "\n".join(found)
