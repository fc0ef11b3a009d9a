"""Git and programs on a machine: its own home, no prompt, no editor, gitml on the PATH."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

CONFIG = """\
[user]
	name = A Tester
	email = tester@example.invalid
[init]
	defaultBranch = main
	templateDir =
[core]
	fsync = none
[gc]
	auto = 0
[advice]
	detachedHead = false
[push]
	default = current
"""
TIMEOUT = 60.0


class Ended:
    """How a program ended: its exit ``code``, what it ``out``-put and what it ``said`` on both outputs."""

    def __init__(self, code: int, out: str, error: str) -> None:
        self.code = code
        self.out = out
        self.said = out + error


def environ(home: Path, cloud: bool) -> dict[str, str]:
    """The environment of a machine. ``cloud``: of the sort that is thrown away."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    made = {"PATH": path, "HOME": str(home), "CLAUDE_CONFIG_DIR": str(home / ".claude"), "LC_ALL": "C.UTF-8"}
    made |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "TZ": "UTC"}
    return made | ({"CLAUDE_CODE_REMOTE": "true"} if cloud else {})


def settle_in(home: Path) -> None:
    """Make a home with a name for git in it."""
    home.mkdir(parents=True)
    (home / ".gitconfig").write_text(CONFIG)


def start(folder: Path, environ: dict[str, str], *command: str) -> Ended:
    """Run a program to its end."""
    done = subprocess.run(
        command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="surrogateescape", check=False, timeout=TIMEOUT,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def must(folder: Path, environ: dict[str, str], *command: str) -> str:
    """As ``start``; what it printed. Raises RuntimeError where it fails."""
    ended = start(folder, environ, *command)
    if ended.code:
        raise RuntimeError(f"{' '.join(command)} in {folder}: {ended.said}")
    return ended.out
