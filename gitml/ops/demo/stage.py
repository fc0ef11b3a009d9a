"""The throw-away folder: machines in it, each with a home of its own, and a remote that outlives them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from typing import Protocol

from gitml.errors import GitmlError
from gitml.store.trees import remove_tree

GITCONFIG = "[user]\n\tname = Demo Person\n\temail = demo@example.invalid\n[init]\n\tdefaultBranch = main\n"


class Teller(Protocol):
    """Who tells the person what happens."""

    def step(self, text: str) -> None:
        """A new step begins."""

    def ran(self, command: str) -> None:
        """A command was run that a person would have typed."""

    def note(self, text: str) -> None:
        """What came of it."""


class Stage:
    """``base`` holds the remote and, until it is destroyed, a machine."""

    def __init__(self, base: str, tell: Teller) -> None:
        self.base = base
        self.tell = tell
        self.remote = os.path.join(base, "remote.git")
        self.home = ""

    def machine(self, name: str) -> None:
        """A new machine: an empty home with a name for git, and nothing else."""
        self.home = os.path.join(self.base, name)
        os.makedirs(self.home)
        with open(os.path.join(self.home, ".gitconfig"), "w", encoding="utf-8") as file:
            file.write(GITCONFIG)

    def destroy(self) -> None:
        """The machine is gone, with its home, its clones, its transcripts."""
        remove_tree(self.home)
        self.home = ""

    def environ(self) -> dict[str, str]:
        """The machine's environment. Nothing of the real one is in it but where programs and temporary files are."""
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
        made = {"PATH": path, "HOME": self.home, "CLAUDE_CONFIG_DIR": os.path.join(self.home, ".claude")}
        made |= {"LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        return made | {name: os.environ[name] for name in ("TMPDIR", "PYTHONPATH") if name in os.environ}

    def sh(self, folder: str, command: str) -> str:
        """Tell and run a command; its output. Raises GitmlError with what it printed where it fails."""
        self.tell.ran(command)
        return self.quietly(folder, command)

    def quietly(self, folder: str, command: str) -> str:
        """Run a command that is not part of the story; its output. Raises GitmlError."""
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=self.environ(),
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            said = (done.stderr + done.stdout).strip() or "no message"
            raise GitmlError(f"`{command}` failed: {said}", where=folder, hint="gitml demo --keep, then look there")
        return done.stdout


def newest(stream: str) -> str:
    """A command that prints a stream's records, each once and in its newest form, with nothing of gitml's.

    It is jq where that is installed, else the same few words of Python.
    """
    find = f"find .git-ml/tracked -name {stream}.jsonl -exec cat {{}} +"
    if shutil.which("jq"):
        return f"{find} | jq -cs 'group_by(.id)[] | max_by(.updated_at // .timestamp)'"
    code = "import json,sys; d={}; k=lambda r: r.get('updated_at') or r.get('timestamp') or ''"
    code += "\nfor r in map(json.loads, sys.stdin):\n    d[r['id']] = max(d.get(r['id'], r), r, key=k)"
    return f'{find} | {shlex.quote(sys.executable)} -c "{code}\nfor r in d.values(): print(json.dumps(r))"'
