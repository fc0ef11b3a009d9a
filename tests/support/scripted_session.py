"""A machine for tests of whole sessions: its environment, gitml as it is called there, a scripted agent on it."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from gitml.ops.demo.session import Session

TIMEOUT = 120


def environ(home: Path, **more: str) -> dict[str, str]:
    """The environment of a machine whose home is ``home``, with the gitml under test on PATH."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    made = {"PATH": path, "HOME": str(home), "CLAUDE_CONFIG_DIR": str(home / ".claude"), "LC_ALL": "C.UTF-8"}
    return made | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "TZ": "UTC"} | more


def run(folder: Path, home: Path, *command: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program on that machine, without a terminal; fails the test where it fails and ``check`` is true."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ(home, **more),
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT,
    )
    assert not check or done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def status(folder: Path, home: Path) -> str:
    """What ``git status --porcelain`` says, submodules included: empty where nothing was left behind."""
    return run(folder, home, "git", "status", "--porcelain", "--untracked-files=all").stdout


def records(folder: Path, home: Path, stream: str) -> list[dict[str, Any]]:
    """The stream as ``gitml cat`` folds it there."""
    return [json.loads(line) for line in run(folder, home, "gitml", "cat", stream).stdout.splitlines()]


def set_up(repo: Path, home: Path) -> None:
    """``gitml init``, and the commit that opts the repository in."""
    run(repo, home, "gitml", "init")
    run(repo, home, "git", "commit", "-q", "-m", "record agent sessions")


def session(folder: Path, home: Path, project: Path | None = None) -> Session:
    """A scripted agent session on that machine, in ``folder``, with the hooks of ``project``'s settings."""
    return Session(str(folder), environ(home), project=str(project or folder))
