"""Paths whose merge is not settled, as the index has them."""

from __future__ import annotations

from typing import NamedTuple

from gitml.git.run import run

FILE = "100"
"""How the modes of regular files begin; links (120000) and submodules (160000) are none."""


class Stage(NamedTuple):
    """One side of a conflict: git's ``mode`` and the ``blob``'s id."""

    mode: str
    blob: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.mode.startswith(FILE)


Stages = dict[int, Stage]
"""{1: the common ancestor's, 2: ours, 3: theirs}; a side that has no such path is left out."""


def unmerged(root: str, folder: str) -> dict[str, Stages]:
    """{path: its stages} of what is in conflict below ``folder``. Raises GitFailed."""
    found: dict[str, Stages] = {}
    for entry in run(root, "ls-files", "-u", "-z", "--", folder).out.split(b"\0")[:-1]:
        meta, _, path = entry.partition(b"\t")
        mode, blob, stage = meta.decode().split(" ")
        found.setdefault(path.decode("utf-8", "surrogateescape"), {})[int(stage)] = Stage(mode, blob)
    return found


def modes(root: str, folder: str) -> dict[str, str]:
    """{path: mode} of everything the index holds below ``folder``. Raises GitFailed."""
    found = {}
    for entry in run(root, "ls-files", "-s", "-z", "--", folder).out.split(b"\0")[:-1]:
        meta, _, path = entry.partition(b"\t")
        found[path.decode("utf-8", "surrogateescape")] = meta.decode().split(" ")[0]
    return found
