"""The throw-away folder: machines in it, each with a home of its own, and a remote that outlives them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from typing import Protocol

from gitml.config import REMOTE
from gitml.errors import GitmlError
from gitml.ops.demo.processes import kill_all
from gitml.store.trees import remove_tree

GITCONFIG = "[user]\n\tname = Demo Person\n\temail = demo@example.invalid\n[init]\n\tdefaultBranch = main\n"


class Teller(Protocol):
    """Who tells the person what happens."""

    def begin(self, title: str, name: str) -> None:
        """The story of one way to persist begins."""

    def step(self, text: str) -> None:
        """A new step begins."""

    def ran(self, command: str) -> None:
        """A command was run that a person would have typed."""

    def note(self, text: str) -> None:
        """What came of it."""


class Stage:
    """``base`` holds the remote and, until it is destroyed, a machine. ``cloud``: of the sort that is thrown away."""

    def __init__(self, base: str, tell: Teller, cloud: bool = False) -> None:
        self.base = base
        self.tell = tell
        self.cloud = cloud
        self.remote = os.path.join(base, "remote.git")
        self.home = ""

    def machine(self, name: str) -> None:
        """A new machine: an empty home with a name for git, and nothing else."""
        self.home = os.path.join(self.base, name)
        os.makedirs(self.home)
        with open(os.path.join(self.home, ".gitconfig"), "w", encoding="utf-8") as file:
            file.write(GITCONFIG)

    def destroy(self) -> int:
        """The machine is gone: all that runs there is killed, its home, its clones and its transcripts are removed.

        Returns how many processes were killed.
        """
        killed = kill_all(self.home, self.remote)
        remove_tree(self.home)
        self.home = ""
        return killed

    def environ(self) -> dict[str, str]:
        """The machine's environment. Nothing of the real one is in it but where programs and temporary files are."""
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
        made = {"PATH": path, "HOME": self.home, "CLAUDE_CONFIG_DIR": os.path.join(self.home, ".claude")}
        made |= {REMOTE: "true"} if self.cloud else {}
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
