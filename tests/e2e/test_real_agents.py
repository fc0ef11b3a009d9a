"""The real Codex, Gemini CLI and Grok CLI, offline, with the hooks that ``gitml init --agent`` puts in place.

They are looked for and never installed: ``GITML_CODEX_CLIENT``, ``GITML_GEMINI_CLIENT`` and ``GITML_GROK_CLIENT`` name
them, else they are on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.other_models import ANSWER, OtherModels
from support.riding import PATH

from gitml.ops.context import open_at
from gitml.ops.setup.clients import CODEX, GEMINI
from gitml.ops.setup.doctor import checks, codex
from gitml.ops.setup.doctor.finding import OK
from gitml.ops.setup.settings import own, read
from gitml.store.fold import fold

# Every test has these taken away (conftest), so they are read when the module loads.
NAMES = ("codex", "gemini", "grok")
CLIENTS = {name: os.environ.get(f"GITML_{name.upper()}_CLIENT") or shutil.which(name) for name in NAMES}
NODE = os.path.dirname(shutil.which("node") or "")
PROMPT = "say hello, please"
SECONDS = 90


def client(name: str) -> str:
    path = CLIENTS[name]
    if not path:
        pytest.skip(f"no {name} here; GITML_{name.upper()}_CLIENT names one")
    return path


def run(folder: Path, home: Path, *command: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": f"{PATH}{os.pathsep}{NODE}", "HOME": str(home), "SHELL": "/bin/sh", "NO_COLOR": "1", **more}
    return subprocess.run(
        command, cwd=folder, env=environ, input=stdin, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def set_up(repo: Path, home: Path, agent: str) -> None:
    assert run(repo, home, "gitml", "init", "--no-import", "--agent", agent).returncode == 0
    assert run(repo, home, "git", "commit", "-q", "-m", "set up").returncode == 0


def chats(repo: Path) -> list[tuple[str, str, str]]:
    found = fold(open_at(str(repo)).layout, "chats").records()
    return [(chat["input"], chat["output"], chat["status"]) for chat in found]


def listed(program: str, repo: Path, home: Path) -> list[dict[str, Any]]:
    """The hooks as Codex itself lists them."""
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"clientInfo": {"name": "x", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "hooks/list", "params": {"cwds": [str(repo)]}},
    ]
    environ = {"PATH": f"{PATH}{os.pathsep}{NODE}", "HOME": str(home)}
    with subprocess.Popen(
        [program, "app-server"], cwd=repo, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin and server.stdout
        server.stdin.write("".join(json.dumps(one) + "\n" for one in asked))
        server.stdin.flush()
        answers = (json.loads(line) for line in server.stdout)
        answer = next(one for one in answers if one.get("id") == 2)
        server.kill()
    hooks: list[dict[str, Any]] = answer["result"]["data"][0]["hooks"]
    return hooks


def test_codex(repo: Path, home: Path) -> None:
    """It lists all seven hooks, with the hashes the doctor takes; runs none of them untrusted; and once trusted a
    session is recorded, with its prompt and its answer."""
    program = client("codex")
    set_up(repo, home, "codex")
    config = home / ".codex" / "config.toml"
    config.parent.mkdir()
    with OtherModels() as model:
        config.write_text(
            'model = "made-up"\nmodel_provider = "near"\n'
            '[model_providers.near]\nname = "near"\nwire_api = "responses"\n'
            f'base_url = "{model.url}/v1"\nenv_key = "NEAR_KEY"\n[projects."{repo}"]\ntrust_level = "trusted"\n'
        )
        ask = (program, "exec", PROMPT)
        assert run(repo, home, *ask, NEAR_KEY="dummy").returncode == 0
        assert chats(repo) == [] and not (repo / ".git" / "gitml" / "last-hook").exists()
        hooks = listed(program, repo, home)
        path = repo / CODEX.project[0]
        taken = {f"{path}:{label}:0:0": codex._hash(label, one) for label, one in labelled(path)}
        assert {hook["key"]: hook["currentHash"] for hook in hooks} == taken
        with config.open("a") as file:
            file.write("".join(f'[hooks.state."{key}"]\ntrusted_hash = "{value}"\n' for key, value in taken.items()))
        done = run(repo, home, *ask, NEAR_KEY="dummy")
        assert "clamping" not in done.stderr and "hook: Stop Completed" in done.stderr, done.stderr
    assert chats(repo)[-1] == (PROMPT, ANSWER, "complete")


def labelled(path: Path) -> list[tuple[str, Any]]:
    labels = {"SessionStart": "session_start", "UserPromptSubmit": "user_prompt_submit", "Stop": "stop",
              "SubagentStop": "subagent_stop", "PreCompact": "pre_compact", "SessionEnd": "session_end",
              "Interrupt": "interrupt"}  # fmt: skip
    return [(labels[one.event], one) for one in own(read(path.read_text()))]


def test_gemini(repo: Path, home: Path) -> None:
    """All hooks run and say nothing, none is killed, and the session is recorded by the end of its one turn."""
    program = client("gemini")
    set_up(repo, home, "gemini")
    settings = home / ".gemini" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(
        '{"security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": false}},'
        ' "telemetry": {"enabled": false}, "privacy": {"usageStatisticsEnabled": false},'
        ' "general": {"disableAutoUpdate": true}}'
    )
    with OtherModels() as model:
        done = run(
            repo, home, program, "-m", "gemini-2.5-pro", "--debug", "-p", PROMPT,
            GEMINI_API_KEY="dummy", GOOGLE_GEMINI_BASE_URL=model.url,
        )  # fmt: skip
    said = done.stdout + done.stderr
    for event in ("SessionStart", "BeforeAgent", "AfterAgent", "SessionEnd"):
        assert f"Hook execution for {event}: 1 hooks executed successfully" in said, said
    assert "timed out" not in said
    assert chats(repo) == [(PROMPT, ANSWER, "complete")]
    assert [one.says for one in checks.examine(str(repo), 0.0) if one.check == "agent hooks"] == [
        f"{GEMINI.title} hooks are in {GEMINI.project[0]}"
    ]


@pytest.mark.parametrize("agent", ["grok", "claude"])
def test_grok(repo: Path, home: Path, agent: str) -> None:
    """By hooks of its own, and by Claude Code's, which it runs as well: one session, and it is Grok's."""
    program = client("grok")
    set_up(repo, home, agent)
    config = home / ".grok" / "config.toml"
    config.parent.mkdir()
    with OtherModels() as model:
        config.write_text(
            '[cli]\nauto_update = false\n[features]\ntelemetry = false\n[models]\ndefault = "near"\n[model.near]\n'
            f'model = "made-up"\nbase_url = "{model.url}/v1"\napi_key = "none"\napi_backend = "chat_completions"\n'
            "context_window = 128000\n"
        )
        assert run(repo, home, program, "-p", PROMPT, "--always-approve", "--trust").returncode == 0
    assert chats(repo) == [(PROMPT, ANSWER, "complete")]
    sessions = fold(open_at(str(repo)).layout, "sessions").records()
    assert [session["agent"] for session in sessions] == ["grok"]
    monitored = [one for one in checks.examine(str(repo), 0.0) if one.check == "agent hooks" and one.severity != OK]
    assert monitored == []
