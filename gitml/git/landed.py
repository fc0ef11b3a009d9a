"""Whether the commits a work tree stands on are where they are safe: in the default branch, and with the remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.git import asked, patches, refs
from gitml.git.run import run

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 30.0
HEADS, REMOTES = "refs/heads/", "refs/remotes/"


class Landed:
    """What a clone's refs say, read once. ``branches`` {full name: id} · ``default``: the default branch's name."""

    __slots__ = ("_into", "_remotes", "_with_remote", "branches", "default", "root")

    def __init__(self, root: str, default: str) -> None:
        """Raises GitFailed."""
        self.root = root
        self.default = default
        self.branches = refs.branches(root)
        self._remotes = asked.settings(root).remotes()
        theirs = [f"{REMOTES}{remote}/{default}" for remote in self._remotes]
        self._with_remote = [self.branches[name] for name in theirs if default and name in self.branches]
        ours = self.branches.get(HEADS + default) if default else None
        self._into = [*([ours] if ours else []), *self._with_remote]

    def against(self, head: str) -> str:
        """Why the commits of ``head`` are not safe without it; "" where they are. Raises GitFailed."""
        if not self._into:
            return "nobody can tell which branch is the default one; name it in .git-ml/config.toml: default_branch"
        left = self._left(head, self._into, self._into)
        if left:
            return f"{_commits(left)} not merged into {self.default}"
        left = self._left(head, ["--remotes"], self._with_remote) if self._remotes else 0
        return f"{_commits(left)} not pushed; git push" if left else ""

    def merged(self, head: str) -> bool:
        """Whether the default branch has these very commits. Raises GitFailed."""
        return bool(self._into) and not self._count(head, self._into)

    def on_a_branch(self, head: str) -> bool:
        """Whether any branch, here or of a remote, has these commits. Raises GitFailed."""
        return not self._count(head, ["--branches", "--remotes"])

    def _left(self, head: str, places: Sequence[str], same: Sequence[str]) -> int:
        """How many commits none of the ``places`` has; none where one of ``same`` has them as other commits."""
        left = self._count(head, places)
        return 0 if left and any(patches.landed(self.root, head, target) for target in same) else left

    def _count(self, head: str, places: Sequence[str]) -> int:
        out = run(self.root, "rev-list", "--count", head, "--not", *places, "--", timeout=SECONDS).out
        return int(out)


def _commits(number: int) -> str:
    return "1 commit is" if number == 1 else f"{number} commits are"
