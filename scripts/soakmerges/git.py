"""Starting programs in the world of a round: its own home, no prompt, no editor, gitml on the PATH."""

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
[pull]
	rebase = false
[protocol "file"]
	allow = always
"""
"""``templateDir``: no folder of sample hooks in each clone. ``fsync``: git's own durability is not tried here."""

DROPPED = ("CLAUDE", "GIT_", "GITML", "XDG_", "PYTHON")
TIMEOUT = 60.0


class Ended:
    """How a program ended: its exit ``code``, what it ``out``-put and what it ``said`` on both outputs."""

    def __init__(self, code: int, out: str, error: str) -> None:
        self.code = code
        self.out = out
        self.said = out + error


def settle_in(home: Path) -> None:
    """Make this process and all it starts live in ``home``; the machine's own settings are not seen."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".gitconfig").write_text(CONFIG)
    for name in list(os.environ):
        if name.startswith(DROPPED):
            del os.environ[name]
    os.environ |= {
        "HOME": str(home), "CLAUDE_CONFIG_DIR": str(home / ".claude"), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "GIT_SEQUENCE_EDITOR": "true", "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]),
    }  # fmt: skip


def start(folder: Path, *command: str, input: str = "", **environ: str) -> Ended:
    """Run a program to its end."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environ}, input=input, capture_output=True, text=True,
        errors="surrogateescape", check=False, timeout=TIMEOUT,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)
