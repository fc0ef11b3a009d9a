"""Questions to git, and their answers as text."""

from __future__ import annotations

from gitml.git.run import run


def ask(root: str, *arguments: str) -> str:
    """What git printed, one newline at the end less; "" where it failed."""
    done = run(root, *arguments, check=False)
    return "" if done.code else done.out.decode("utf-8", "surrogateescape").removesuffix("\n")


def says(root: str, *arguments: str) -> bool:
    """Whether git exits with 0."""
    return run(root, *arguments, check=False).code == 0
