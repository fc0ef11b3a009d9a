"""The real Claude Code client, as a test tool: found, or installed through npm into a cache that later runs use again.

It is run offline: its messages go to a scripted server on this machine, everything else to a closed port.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from support.scripted_session import environ

PACKAGE = "@anthropic-ai/claude-code"
INSTALL_SECONDS = 300
SESSION_SECONDS = 120
CLOSED = "http://127.0.0.1:9"
"""Where nobody answers (the discard port)."""

# Every test has these taken away (conftest), so they are read when the module loads.
NAMED = os.environ.get("GITML_CLAUDE_CLIENT", "")
OURS = ("ANTHROPIC", "CLAUDE", "GIT_", "GITML")
NPM_ENVIRON = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


@functools.cache
def client() -> str:
    """The program's path. Skips the test, with the reason, where there is none and none can be installed."""
    if NAMED:
        return NAMED
    cache = Path(tempfile.gettempdir()) / f"gitml-claude-client-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    if cache.is_symlink() or cache.stat().st_uid != os.getuid():
        pytest.skip(f"{cache} is not ours")
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes; one installs
        return _installed(cache)


def _installed(cache: Path) -> str:
    program = cache / "node_modules" / ".bin" / "claude"
    if works(program):
        return str(program)
    npm = shutil.which("npm", path=NPM_ENVIRON.get("PATH"))
    if npm is None:
        pytest.skip("npm is not installed, so the real client cannot be had")
    # The tag is needed: without it npm takes the newest version made for this node, though the program needs no node.
    for wanted in (f"{PACKAGE}@latest", PACKAGE):
        failure = _install(npm, cache, wanted)
        if works(program):
            return str(program)
    pytest.skip(f"npm could not install {PACKAGE}: {failure}")


def _install(npm: str, cache: Path, wanted: str) -> str:
    """Install, and say what went wrong in one line; whether it worked shows when the program is run."""
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(cache), wanted]
    try:
        done = subprocess.run(
            command,
            env=NPM_ENVIRON | {"HOME": str(cache)},
            cwd=cache,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {INSTALL_SECONDS} s"
    lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
    return lines[0] if lines else f"exit code {done.returncode}"


def works(program: Path) -> bool:
    """Whether the program is there and runs on this machine."""
    if not program.exists():
        return False
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [program, "--version"],
            env=environ(Path(home)),
            check=False,
            capture_output=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
    return done.returncode == 0


def run(
    folder: Path, home: Path, *arguments: str, model: str = CLOSED, seconds: float = SESSION_SECONDS, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the client in ``folder``, on the machine whose home is ``home``, against the model at that address. ``more``
    is added to its environment."""
    return subprocess.run(
        [client(), *arguments],
        cwd=folder,
        env=_offline(home, model, more),
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=seconds,
    )


def start(folder: Path, home: Path, *arguments: str, model: str, **more: str) -> subprocess.Popen[bytes]:
    """The same without waiting, in a process group of its own, so that all it starts can be killed with it."""
    return subprocess.Popen(
        [client(), *arguments],
        cwd=folder,
        env=_offline(home, model, more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _offline(home: Path, model: str, more: dict[str, str]) -> dict[str, str]:
    offline = {
        "ANTHROPIC_BASE_URL": model,
        "ANTHROPIC_API_KEY": "dummy",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_TELEMETRY": "1",
        "HTTPS_PROXY": CLOSED,
        "HTTP_PROXY": CLOSED,
        "NO_PROXY": "127.0.0.1",
    }
    return environ(home, **(offline | more))


def ask(folder: Path, home: Path, model: str, prompt: str, *more: str) -> str:
    """One headless prompt, with the usual tools allowed; what the client printed. Fails the test where it fails."""
    done = run(folder, home, "-p", prompt, *more, "--allowedTools", "Bash", "Write", "Edit", "Agent", model=model)
    assert done.returncode == 0, f"the client failed: {done.stdout}{done.stderr}"
    return done.stdout
