"""A bare remote and clones of it that make commits of their own; for tests of how records outlive their machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from support.riding import LIVE, ONLY_CHATS, Clone, opted_in

from gitml.ops.persist.deliver import deliver
from gitml.ops.persist.state import Outcome

OWN = 'persist = "own-commits"\n'


class Remote:
    """A bare repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run("init", "-q", "--bare", "-b", "main", str(path), cwd=path.parent)

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        done = subprocess.run(["git", *arguments], cwd=cwd or self.path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout

    def hook(self, body: str, name: str = "pre-receive") -> None:
        """Let the remote do something when it is pushed to."""
        path = self.path / "hooks" / name
        path.write_text("#!/bin/sh\n" + body)
        path.chmod(0o755)

    def tip(self, branch: str = "work") -> str:
        """Where a branch is; "" where there is none."""
        return self.run("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}").strip()

    def clone(self, path: Path, branch: str = "work") -> Clone:
        """Another environment, on that branch, with hooks and exclude line as a session's start leaves them."""
        self.run("clone", "-q", "-b", branch, str(self.path), str(path), cwd=path.parent)
        clone = Clone(path)
        ready(clone)
        return clone

    def chats(self, branch: str = "work") -> list[str]:
        """Ids of the chats in the parts of a branch, as anyone who clones it finds them."""
        listed = self.run("ls-tree", "-r", "--name-only", branch, "--", LIVE).split("\n")[:-1]
        lines = [line for name in listed for line in self.run("show", f"{branch}:{name}").split("\n")[:-1]]
        return sorted(json.loads(line)["id"] for line in lines)


def ready(clone: Clone) -> None:
    """What the first session in a clone sets up."""
    clone.install()
    local = Path(clone.context.layout.local)
    local.mkdir(exist_ok=True)
    with (local.parent / "info" / "exclude").open("a") as file:
        file.write(f"/{LIVE}/\n")


def shared(folder: Path, config: str = OWN + ONLY_CHATS) -> tuple[Remote, Clone]:
    """A remote with a default branch ``main`` and a branch ``work``; a clone that stands on ``work``, level with it."""
    remote = Remote(folder / "remote.git")
    root = folder / "a"
    remote.run("init", "-q", "-b", "main", str(root), cwd=folder)
    clone = Clone(root)
    clone.git("remote", "add", "origin", str(remote.path))
    clone.change("a.txt", "one\n")
    clone.change("b.txt", "".join(f"{number}\n" for number in range(20)))
    opted_in(root, config)
    clone.git("push", "-q", "origin", "main")
    clone.git("remote", "set-head", "origin", "main")
    clone.git("switch", "-q", "-c", "work")
    clone.git("push", "-q", "-u", "origin", "work")
    return remote, clone


def own(clone: Clone, seconds: float = 20.0) -> Outcome:
    """One attempt at a commit of gitml's own, in this process."""
    return deliver(clone.context, seconds)


def status(clone: Clone) -> str:
    """What a check at the end of a turn looks at: dirty, staged, untracked, unpushed."""
    return clone.git("status", "--porcelain", "--branch", "--untracked-files=all")


def parents(clone: Clone, commit: str = "HEAD") -> list[str]:
    return clone.git("rev-list", "--parents", "--max-count=1", commit).split()[1:]


def payload(folder: Path, session_id: str, path: Path, event: str = "Stop", **more: Any) -> bytes:
    """What Claude Code gives its hooks."""
    given = {"session_id": session_id, "cwd": str(folder), "hook_event_name": event, "transcript_path": str(path)}
    return json.dumps(given | more).encode()
