"""What a work tree holds that no commit has. git says, asked so that no setting makes it pass over anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.git.progress import in_progress
from gitml.git.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator

SEES_ALL = (
    *("-c", "status.showUntrackedFiles=all"),  # with `no` even `git worktree remove` deletes what is untracked
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "core.ignoreStat=false"),
    *("-c", "core.checkStat=default"),
    *("-c", "core.trustctime=true"),
)
"""Options of git's own, for whatever decides or deletes."""

LOCKS = ("index.lock", "HEAD.lock")
OWN_REFS = ("refs/worktree", "refs/bisect", "refs/rewritten")
"""Refs that only one work tree has, and that go with it."""

SECONDS = 300.0
SUBMODULE = "160000"
IGNORED = "!!"


def at_work(git_dir: str) -> str:
    """What git is in the middle of in the work tree of that git directory, in words; "" where it is not."""
    if in_progress(git_dir):
        return "a merge, rebase or bisect is under way in it"
    if any(os.path.lexists(os.path.join(git_dir, lock)) for lock in LOCKS):
        return "git is at work in it"
    if any(_listed(os.path.join(git_dir, refs)) for refs in OWN_REFS):
        return "it has refs of its own"
    return ""


def changes(root: str) -> tuple[list[tuple[str, str]], list[str]]:
    """([(git's two letters, path)] of what was changed, staged or is untracked, what is ignored), folders with a slash
    behind them. Raises GitFailed."""
    asked = (
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--ignore-submodules=none",
        "--ignored=matching",
        "--no-renames",
    )
    out = run(root, *asked, options=SEES_ALL, timeout=SECONDS).out
    found = [(entry[:2], entry[3:]) for entry in out.decode("utf-8", "surrogateescape").split("\0") if entry]
    return [each for each in found if each[0] != IGNORED], [path for letters, path in found if letters == IGNORED]


def unseen(root: str) -> str:
    """What keeps git from seeing all changes: submodules, and files it was told not to look at. "" where nothing does.
    Raises GitFailed."""
    for tag, mode, path in _entries(root):
        if mode == SUBMODULE:
            return f"it has a submodule, {path}"
        if tag.islower():
            return f"git was told to assume that {path} is unchanged"
        if tag == "S" and os.path.lexists(os.path.join(root, path)):
            return f"git was told not to look at {path}"
    return ""


def _entries(root: str) -> Iterator[tuple[str, str, str]]:
    """(git's letter for how it sees an entry of the index, its mode, its path)"""
    out = run(root, "ls-files", "-v", "-s", "-z", timeout=SECONDS).out.decode("utf-8", "surrogateescape")
    for entry in out.split("\0")[:-1]:
        about, _, path = entry.partition("\t")
        tag, mode, *_ = about.split(" ")
        yield tag, mode, path


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
