"""Which branch is checked out, from the HEAD file. The hook path imports this."""

import os

HEADS = "ref: refs/heads/"


def branch(git_dir: str) -> str:
    """The branch checked out in the work tree of that git directory; "" where HEAD is detached or cannot be read."""
    try:
        with open(os.path.join(git_dir, "HEAD"), encoding="utf-8", errors="surrogateescape") as file:
            line = file.readline().strip()
    except OSError:
        return ""
    return line[len(HEADS) :] if line.startswith(HEADS) else ""
