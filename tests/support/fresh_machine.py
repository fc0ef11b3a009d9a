"""A machine that was made a moment ago: an empty home, no gitml on PATH, a fresh clone with the agent's hooks in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from support.transcript import Transcript

SESSION = "11111111-2222-4333-8444-555555555555"
PATIENCE = 30.0
TOOLS = (
    "sh git cat mkdir rm mv sed find date sleep chmod printf timeout setsid dirname basename uname env true ls grep tr "
    "cut expr ps"
).split()


def tools(folder: Path, *, python: str | None = "") -> str:
    """A PATH with what any Linux has, and ``python`` ("": the one under test, without its packages) as python3."""
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    if python is not None:
        (folder / "python3").symlink_to(python or os.path.realpath(sys.executable))
    return str(folder)


class Machine:
    """``root`` is a clone of ``origin`` on it. Hooks are run as the settings in the clone name them."""

    def __init__(self, folder: Path, origin: Path, path: str) -> None:
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.root = folder / "clone"
        self.environ = {
            "PATH": path,
            "HOME": str(self.home),
            "CLAUDE_CONFIG_DIR": str(self.home / ".claude"),
            "CLAUDE_CODE_REMOTE": "true",
            "CLAUDE_PROJECT_DIR": str(self.root),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_NO_INDEX": "1",
            "LC_ALL": "C.UTF-8",
        }
        (self.home / ".gitconfig").write_text("[user]\n\tname = T\n\temail = t@example.invalid\n")
        self.git("clone", "-q", str(origin), str(self.root), cwd=folder)
        self.transcript = Transcript(SESSION, str(self.root.resolve()))
        self.transcript_path = self.home / ".claude" / "projects" / "none.jsonl"

    @property
    def local(self) -> Path:
        return self.root / ".git" / "gitml"

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self.root, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def turn(self, prompt: str, answer: str) -> None:
        """The agent is asked, and answers."""
        self.transcript.prompt(prompt)
        self.transcript.says(answer)
        self.transcript_path = self.transcript.write(self.home / ".claude" / "projects")

    def start(self, event: str = "SessionStart", **more: Any) -> subprocess.Popen[bytes]:
        """Start the hook of an event and do not wait; its payload is on its stdin."""
        settings = json.loads((self.root / ".claude" / "settings.json").read_text())
        (group,) = settings["hooks"][event]
        (handler,) = group["hooks"]
        payload = {"session_id": SESSION, "transcript_path": str(self.transcript_path), "cwd": str(self.root)}
        payload |= {"hook_event_name": event, "source": "startup", **more}
        process = subprocess.Popen(
            ["/bin/sh", "-c", handler["command"]], cwd=self.root, env=self.environ,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # a hook that has nothing to do does not read it
            process.stdin.write(json.dumps(payload).encode())
            process.stdin.close()
        process.stdin = None
        return process

    def fire(self, event: str = "SessionStart", **more: Any) -> str:
        """Run the hook of an event: it ends with 0 and complains of nothing. What it printed."""
        process = self.start(event, **more)
        out, error = process.communicate(timeout=PATIENCE)
        assert (process.returncode, error) == (0, b"")
        return out.decode()

    def ready(self) -> bool:
        """Whether gitml is installed and nobody installs any more."""
        bin = self.local / "bin"
        return bin.is_file() and os.access(bin.read_text().strip(), os.X_OK) and not self.installing()

    def installing(self) -> bool:
        return (self.local / "program" / "lock").exists()

    def settled(self) -> None:
        """Wait until nobody installs any more."""
        deadline = time.monotonic() + PATIENCE
        while self.installing():
            assert time.monotonic() < deadline, "somebody still installs"
            time.sleep(0.05)

    def note(self) -> str:
        """What the installation left to say."""
        path = self.local / "bootstrap"
        return path.read_text().strip() if path.exists() else ""

    def recorded(self) -> list[str]:
        """Every answer that lies in the spool."""
        files = (self.local / "spool").rglob("chats.jsonl") if self.local.exists() else []
        return [json.loads(line)["output"] for path in files for line in path.read_text().splitlines()]


def empty_wheel(folder: Path, name: str, version: str) -> None:
    """A distribution without any code, for pip to be content with offline."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
