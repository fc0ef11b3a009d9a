"""Which branch is checked out, from the HEAD file. The hook path imports this."""

import os
import re

HEADS = "refs/heads/"
REF = "ref: "

REBASED = ("rebase-merge/head-name", "rebase-apply/head-name")
"""Where git notes, while it rebases, which branch that is for: HEAD is detached meanwhile."""

BISECTED = "BISECT_START"
"""Where git notes what was checked out before a bisect: a branch's short name, or a commit."""

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def branch(git_dir: str) -> str:
    """The branch checked out in the work tree of that git directory; "" where HEAD is detached or cannot be read."""
    line = _line(git_dir, "HEAD")
    return line[len(REF + HEADS) :] if line.startswith(REF + HEADS) else ""


def detached(git_dir: str) -> str:
    """The id of the commit a detached HEAD is at; "" where a branch is checked out."""
    line = _line(git_dir, "HEAD")
    return "" if line.startswith(REF) else line


def worked_on(git_dir: str) -> str:
    """The branch checked out, or the one that is being rebased or bisected; "" where HEAD is detached otherwise."""
    rebased = (_line(git_dir, name) for name in REBASED)
    found = branch(git_dir) or next((line[len(HEADS) :] for line in rebased if line.startswith(HEADS)), "")
    if found:
        return found
    before = _line(git_dir, BISECTED)
    return "" if COMMIT.fullmatch(before) else before


def _line(git_dir: str, name: str) -> str:
    """The first line of one of git's files; "" where there is none."""
    try:
        with open(os.path.join(git_dir, name), encoding="utf-8", errors="surrogateescape") as file:
            return file.readline().strip()
    except OSError:
        return ""
