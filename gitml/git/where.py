"""Which repository a folder is in, read from files alone: starting git costs 3 ms, and the hooks run all day."""

import os

MAIN = "main"
"""What the work tree that holds the repository itself is called; a linked one has git's name for it."""

LINK = "gitdir: "
"""What the ``.git`` of a linked work tree or a submodule begins with, which is a file."""


class Where:
    """A work tree. ``common_dir`` is shared by all work trees of the clone; ``name`` is "main" or the linked tree's."""

    __slots__ = ("common_dir", "git_dir", "name", "root")

    def __init__(self, root: str, git_dir: str, common_dir: str, name: str) -> None:
        self.root = root
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.name = name

    def __repr__(self) -> str:
        return f"Where({self.root!r}, {self.git_dir!r}, {self.common_dir!r}, {self.name!r})"


def find(start: str) -> "Where | None":
    """The work tree that holds ``start`` (which need not exist), or None. All paths come back resolved."""
    here = os.path.realpath(start)
    while True:
        where = at(here)
        if where is not None:
            return where
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def at(root: str) -> "Where | None":
    """The work tree whose top is ``root``, or None. Knows linked work trees and submodules (``.git`` is a file)."""
    dot_git = os.path.join(root, ".git")
    git_dir = dot_git
    if os.path.isfile(dot_git):
        text = path_in(dot_git)
        if not text.startswith(LINK):
            return None
        git_dir = os.path.realpath(os.path.join(root, text[len(LINK) :]))
    if not os.path.isfile(os.path.join(git_dir, "HEAD")):
        return None
    common = path_in(os.path.join(git_dir, "commondir"))
    if not common:
        return Where(root, git_dir, git_dir, MAIN)
    return Where(root, git_dir, os.path.realpath(os.path.join(git_dir, common)), linked_name(git_dir))


def linked_name(git_dir: str) -> str:
    """What a linked work tree is called: git's name for it. One called "main" is told from the clone's own by a sign
    that git's names never hold."""
    name = os.path.basename(git_dir)
    return f"{MAIN}~" if name == MAIN else name


def path_in(file: str) -> str:
    """The path that one of git's files holds, "" where there is none. It may hold any byte but NUL, a newline too."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape", newline="") as opened:
            return opened.read().rstrip("\r\n")
    except OSError:
        return ""
