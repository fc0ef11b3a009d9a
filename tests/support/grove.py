"""A repository with a remote and agents' work trees, and cleanings of them."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from gitml.ops.cleaning import worktrees
from gitml.ops.cleaning.apply import Done, apply
from gitml.ops.cleaning.item import Item, Wanted
from gitml.ops.cleaning.plan import Plan, plan
from gitml.ops.context import Context, open_at


def git(folder: Path, *arguments: str, code: int | None = 0) -> str:
    """Run git and give what it says; fails the test unless it ends with ``code`` (None: whatever)."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert code is None or done.returncode == code, f"git {' '.join(arguments)}: {done.returncode}\n{said}"
    return said


class Grove:
    """A clone at ``root`` of a bare ``origin`` (none where ``remote`` is False); agents' work trees are ignored."""

    def __init__(self, folder: Path, remote: bool = True) -> None:
        self.root = folder / "repo"
        self.origin = folder / "origin.git"
        self.root.mkdir(parents=True)
        git(self.root, "init", "-q")
        with (self.root / ".git" / "info" / "exclude").open("a") as file:
            file.write("/.claude/\n.env\n/build/\n")
        self.commit(self.root, "a.txt", "one\n")
        if remote:
            git(folder, "init", "-q", "--bare", str(self.origin))
            git(self.root, "remote", "add", "origin", str(self.origin))
            git(self.root, "push", "-q", "-u", "origin", "main")

    @property
    def context(self) -> Context:
        return open_at(str(self.root))

    def commit(self, tree: Path, name: str, text: str) -> str:
        """One commit that writes one file; its id."""
        (tree / name).write_text(text)
        git(tree, "add", name)
        git(tree, "commit", "-q", "-m", f"write {name}")
        return git(tree, "rev-parse", "HEAD").strip()

    def tree(self, name: str, at: Path | None = None) -> Path:
        """A work tree where an agent makes its own (or ``at`` another place), on a branch of that name."""
        path = at or self.root / ".claude" / "worktrees" / name
        git(self.root, "worktree", "add", "-q", "-b", f"worktree-{name}", str(path))
        return path

    def worked(self, name: str) -> Path:
        """One with a commit on its branch."""
        path = self.tree(name)
        self.commit(path, f"{name}.txt", f"{name}\n")
        return path

    def done(self, name: str) -> Path:
        """One whose commit is merged and pushed."""
        path = self.worked(name)
        self.land(name)
        return path

    def land(self, name: str) -> None:
        """Merge its branch and push."""
        git(self.root, "merge", "-q", "--no-edit", f"worktree-{name}")
        if self.origin.exists():
            git(self.root, "push", "-q", "origin", "main")

    def branches(self) -> list[str]:
        return git(self.root, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()


def planned(
    context: Context, kinds: tuple[str, ...] = ("worktrees",), older: float | None = 0.0, now: float = 0.0
) -> Plan:
    """What goes, whatever its age."""
    return plan(context, Wanted(kinds, older), now or time.time())


def cleaned(
    context: Context, kinds: tuple[str, ...] = ("worktrees",), older: float | None = 0.0, now: float = 0.0
) -> Done:
    """Plan and carry out."""
    return apply(context, planned(context, kinds, older, now), "gitml clean", lambda kind, done, all: None)


def items(context: Context, older: float | None = 0.0, now: float = 0.0) -> dict[str, Item]:
    """The work trees by name."""
    found = list(worktrees.look(context, Wanted(("worktrees",), older), now or time.time()))
    return {item.subject: item for item in found}


def used(*paths: Path) -> int:
    """What ``du`` says of them, blocks of a file with several names once."""
    seen: dict[tuple[int, int], int] = {}
    for path in paths:
        for folder, folders, files in os.walk(path):
            for name in ["", *files, *(each for each in folders if os.path.islink(os.path.join(folder, each)))]:
                status = os.lstat(os.path.join(folder, name) if name else folder)
                seen[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(seen.values())
