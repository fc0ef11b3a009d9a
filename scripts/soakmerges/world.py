"""One round's world: a bare repository as on a server, clones of it, their work trees."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

from gitml.git.progress import in_progress
from gitml.ops.context import Context, open_at
from soakmerges.git import Ended, start
from soakmerges.held import Blobs
from soakmerges.model import Model

CLONES = ("ann", "ben", "cat")
FILES = ("one.txt", "two.txt", "three.txt", "four.txt")
STORE = ".git-ml"
LIVE = f"{STORE}/tracked/live"
PATIENCE = 20.0
"""Seconds the process that looks after a commit may take."""


class Broken(Exception):
    """Something that gitml promises does not hold. Says what."""


class Round:
    """All of a round: ``rng`` chooses everything, ``log`` says what was done, ``counts`` how often."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.rng = random.Random(seed)
        self.log: list[str] = []
        self.counts: Counter[str] = Counter()
        self.blobs = Blobs()
        self.number = 0
        self.clones = [Clone(self, name) for name in CLONES]

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    def next(self) -> int:
        """A number nobody had in this round."""
        self.number += 1
        return self.number

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def server(self, *arguments: str, **environ: str) -> Ended:
        """git in the bare repository."""
        ended = start(self.remote, "git", *arguments, **environ)
        self.log.append(f"server: git {' '.join(arguments)} -> {ended.code}")
        return ended


class Clone:
    """A clone with its work trees, and the ``model`` of what was recorded in it."""

    def __init__(self, round: Round, name: str) -> None:
        self.round = round
        self.name = name
        self.root = round.folder / name
        self.model = Model()
        self.trees = [Tree(self, self.root)]

    @property
    def local(self) -> Path:
        return self.root / ".git" / "gitml"

    def branches(self) -> list[str]:
        """Local branches, by name."""
        return self.trees[0].lines("branch", "--format=%(refname:short)", "--list", "[a-z]*")

    def taken(self) -> set[str]:
        """Branches that some work tree has checked out."""
        listed = self.trees[0].lines("worktree", "list", "--porcelain")
        return {line.removeprefix("branch refs/heads/") for line in listed if line.startswith("branch ")}

    def remote_branches(self) -> list[str]:
        """What this clone knows of the remote's branches, without ``origin/``."""
        listed = self.trees[0].lines("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes/origin")
        return [name for name in listed if name != "HEAD"]

    def settled(self) -> None:
        """Wait until nobody looks after a commit of the work trees that are there any more."""
        deadline = time.monotonic() + PATIENCE
        folders = [self.local / "riding" / tree.context.where.name for tree in self.trees]
        while any(any(folder.glob("*.json")) for folder in folders):
            if time.monotonic() > deadline:
                raise Broken(f"{self.name}: nobody settled the commits of {folders}")
            time.sleep(0.003)


class Tree:
    """A work tree. ``loose``: a reset or a pick left our files staged or lying about, as it was asked to."""

    def __init__(self, clone: Clone, root: Path) -> None:
        self.clone = clone
        self.round = clone.round
        self.rng = clone.round.rng
        self.root = root
        self.loose = False

    @property
    def context(self) -> Context:
        return open_at(str(self.root))

    @property
    def busy(self) -> bool:
        """Whether git is in the middle of something here."""
        return in_progress(self.context.where.git_dir)

    def git(self, *arguments: str, **environ: str) -> Ended:
        """Run git, write it down, and look at what became of our files."""
        ended = self.quietly(*arguments, **environ)
        self.note(f"git {' '.join(arguments)} -> {ended.code}", ended)
        return ended

    def quietly(self, *arguments: str, **environ: str) -> Ended:
        return start(self.root, "git", *arguments, **environ)

    def lines(self, *arguments: str) -> list[str]:
        return self.quietly(*arguments).out.split("\n")[:-1]

    def note(self, what: str, ended: Ended | None = None) -> None:
        self.round.log.append(f"{self.root.name}: {what}")
        if ended is not None and ended.code:
            self.round.log.extend(f"    {line}" for line in ended.said.strip().split("\n")[:12])

    def head(self) -> str:
        """The branch that is checked out; "" where HEAD is on none."""
        return self.quietly("symbolic-ref", "-q", "--short", "HEAD").out.strip()

    def ours_in_conflict(self) -> list[str]:
        """Paths of the store that a merge could not settle."""
        return sorted({line.split("\t")[1] for line in self.lines("ls-files", "-u", "--", STORE)})

    def edit(self, stage: bool = True) -> str:
        """Change a line of a file of the user's. Returns the file's name."""
        name = self.rng.choice(FILES)
        path = self.root / name
        lines = path.read_text().split("\n") if path.exists() else [""] * 9
        lines[self.rng.randrange(len(lines))] = f"edit {self.round.next()}"
        path.write_text("\n".join(lines))
        if stage:
            self.quietly("add", name)
        return name
