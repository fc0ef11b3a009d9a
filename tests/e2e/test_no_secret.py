"""Planted secrets in every field of a transcript, every command run; then every byte that gitml wrote is searched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard
from support.secrets_made import made as secrets
from support.transcript import Transcript

SESSION = "11111111-2222-4333-8444-555555555555"
KEPT_AS_THEY_ARE = {"type", "role", "sessionId", "uuid", "parentUuid", "timestamp", "cwd", "id", "tool_use_id", "name"}
COMMANDS = [
    ["status"],
    ["list"],
    ["show", SESSION],
    ["show", SESSION, "--full"],
    ["show", SESSION, "--json"],
    ["show", SESSION, "--raw", "--agents"],
    ["cat", "sessions"],
    ["cat", "chats"],
    ["cat", "actions"],
    ["cat", "orchestration"],
    ["cat", "commits"],
    ["doctor"],
    ["seal"],
    ["redact", "--scan", "--history"],
    ["sync", "--full", "-v"],
]


def planted(secret: str) -> Transcript:
    """A session with the secret in every text of every kind of record there is."""
    made = Transcript(SESSION, version="2.1.300")
    inputs: list[tuple[str, dict[str, Any]]] = [
        ("Bash", {"command": "run", "description": "say"}),
        ("Edit", {"file_path": "/work/app/x", "old_string": "a", "new_string": "b"}),
        ("Grep", {"pattern": "p", "path": "q"}),
        ("WebFetch", {"url": "https://a.invalid/x", "prompt": "p"}),
        ("mcp__db__query", {"sql": "select", "nested": {"deep": ["x"]}}),
        ("Task", {"prompt": "look", "subagent_type": "Explore", "description": "d"}),
    ]
    made.prompt("please")
    for tool, given in inputs:
        (one,) = made.uses((tool, given), say="I do")
        made.result(one, "said", toolUseResult={"stdout": "out", "stderr": "err", "filePath": "f", "content": "c"})
        (two,) = made.uses((tool, given))
        made.result(two, "failed", error=True, toolUseResult="Error: no")
    made.prompt("look", "a1234567")
    made.says("found", "a1234567")
    made.record("system", subtype="api_error", error={"message": "x"}, content="c", level="error")
    made.record("system", subtype="local_command", content="<local-command-stdout>x</local-command-stdout>")
    made.record("attachment", attachment={"type": "queued_command", "prompt": "queued"})
    made.add({"type": "queue-operation", "operation": "enqueue", "timestamp": made.time(), "content": "q"})
    made.add({"type": "summary", "summary": "s", "leafUuid": made.uuid()})
    made.add({"type": "ai-title", "aiTitle": "t", "sessionId": SESSION})
    made.add({"type": "last-prompt", "lastPrompt": "l", "sessionId": SESSION})
    made.add({"type": "of-tomorrow", "text": "u"})
    made.says("done")
    for lines in (made.lines, *made.agents.values()):
        lines[:] = [_with(line, secret) for line in lines]
    return made


def _with(line: bytes, secret: str) -> bytes:
    return json.dumps(_planted(json.loads(line), secret)).encode() + b"\n"


def _planted(value: Any, secret: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _planted(member, secret, name) for name, member in value.items()}
    if isinstance(value, list):
        return [_planted(member, secret, key) for member in value]
    if isinstance(value, str) and key not in KEPT_AS_THEY_ARE:
        return f"{value} {secret} {value}"
    return value


def written_in(*folders: Path) -> bytes:
    """Every byte of every file below the folders, unpacked where it is packed."""
    return b"".join(
        objects_unpacked(Path(folder, name).read_bytes())
        for root in folders
        for folder, _, names in os.walk(root)
        for name in names
        if Path(folder, name).is_file()
    )


def objects_unpacked(data: bytes) -> bytes:
    """A piece of a raw copy is compressed."""
    return zstandard.decompress(data) if data.startswith(b"\x28\xb5\x2f\xfd") else data


@pytest.mark.parametrize("kind", sorted(secrets()))
def test_no_byte_gives_it_away(repo: Path, home: Path, git: Any, kind: str) -> None:
    """Not the spool, not the commit, no local state, no log, no output and no error message of any command."""
    secret = secrets(3)[kind]
    needle = secret.split("\n")[len(secret.split("\n")) // 2].encode()
    made = planted(secret)
    made.cwd = str(repo)
    projects = home / ".claude" / "projects"
    path = made.write(projects)
    environ = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def run(*command: str, **more: Any) -> bytes:
        done = subprocess.run(command, cwd=repo, env=environ, capture_output=True, check=False, **more)
        return done.stdout + done.stderr

    said = run("gitml", "init", "--no-import")
    said += run("git", "commit", "-qm", f"set up with {secret}")
    payload = {"session_id": SESSION, "transcript_path": str(path), "cwd": str(repo), "prompt": secret}
    for event in ("UserPromptSubmit", "Stop", "SessionEnd"):
        given = payload | {"hook_event_name": event, "last_assistant_message": f"done {secret} done"}
        said += run("gitml", "hook", "claude", input=json.dumps(given).encode())
    said += run("gitml", "sync", "--source", str(projects))
    for command in COMMANDS:
        said += run("gitml", *command)
    (repo / "b.txt").write_text("two\n")
    said += run("git", "add", "b.txt") + run("git", "commit", "-qm", "two")
    (repo / "c.txt").write_text("three\n")
    said += run("git", "add", "c.txt") + run("git", "commit", "-qm", "three")
    assert b"[redacted:" in written_in(repo / ".git-ml")
    assert needle not in said
    assert b"api_error" in written_in(repo / ".git" / "gitml" / "raw")
    assert needle not in written_in(repo / ".git-ml", repo / ".git" / "gitml", home / ".local", home / ".config")
    blobs = subprocess.run(
        ["git", "rev-list", "--objects", "--all", "--", ".git-ml"], cwd=repo, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    ids = "\n".join(line.split(" ")[0] for line in blobs if line.partition(" ")[2])
    held = subprocess.run(["git", "cat-file", "--batch"], cwd=repo, input=ids.encode(), capture_output=True, check=True)
    assert b"chat-" in held.stdout
    assert needle not in held.stdout
