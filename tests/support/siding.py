"""Clones of one bare remote that keep their records on side branches."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from support.riding import ONLY_CHATS, Clone

from gitml.git import refs
from gitml.ops.persist import delivery, mirror, side
from gitml.store.fold import fold
from gitml.store.layout import DATA

CONFIG = f'default_branch = "main"\npersist = "side-branch"\n{ONLY_CHATS}'
WORKING = {f"{DATA}/config.toml"}
PATIENCE = 20.0


class Env(Clone):
    """One environment: a clone with gitml's git hooks in it."""

    def turn(self, number: int | str, **more: object) -> str:
        """One turn of an agent, recorded on the side branch and not sent; the chat's id."""
        identity = self.chat(number, **more)
        assert side.record(self.context) > 0
        return identity

    def send(self) -> dict[str, str]:
        """Bring everything to the remote; what could not be, and why."""
        return delivery.in_turn(self.context, 30.0)

    def read(self, stream: str = "chats") -> list[str]:
        """The ids that every reading command sees."""
        return sorted(record["id"] for record in fold(self.context.layout, stream).records())

    def gitml(self, *arguments: str, code: int = 0, **environ: str) -> str:
        """Run the command line; fails the test unless it ends with ``code``."""
        command = [sys.executable, "-m", "gitml", "-C", str(self.root), *arguments]
        done = subprocess.run(command, env=self.environ(**environ), capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def side_refs(self) -> dict[str, str]:
        return mirror.side_branches(self.context, refs.branches(str(self.root)))

    def sent(self) -> None:
        """Wait until a process aside has brought everything to the remote; fails the test if it never does."""
        deadline = time.monotonic() + PATIENCE
        while delivery.unsent(self.context, side.settings(str(self.root))):
            assert time.monotonic() < deadline, f"never sent: {delivery.trouble(self.context)}"
            time.sleep(0.02)


class World:
    """A bare remote and the environments that come and go around it."""

    def __init__(self, folder: Path, config: str = CONFIG) -> None:
        self.folder = folder
        self.remote = folder / "remote.git"
        self._git("init", "-q", "--bare", str(self.remote))
        first = folder / "first"
        self._git("clone", "-q", str(self.remote), str(first))
        (first / DATA).mkdir()
        (first / DATA / "config.toml").write_text(config)
        (first / "code.txt").write_text("code\n")
        for command in (["add", "."], ["commit", "-qm", "begin"], ["push", "-q", "origin", "main"]):
            self._git("-C", str(first), *command)
        self.first = self._made(first)

    def env(self, name: str, *options: str) -> Env:
        """A fresh clone, by ``file://`` so that git leaves out what it is told to."""
        root = self.folder / name
        self._git("clone", "-q", *options, f"file://{self.remote}", str(root))
        return self._made(root)

    def heads(self) -> list[str]:
        """The remote's branches."""
        return self._git("-C", str(self.remote), "for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def on_remote(self, branch: str) -> list[str]:
        """The ids of the chats a branch of the remote holds."""
        return Clone(self.remote).ids(branch)

    def _made(self, root: Path) -> Env:
        env = Env(root)
        Path(env.context.layout.local).mkdir(exist_ok=True)
        env.install()
        return env

    def _git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
