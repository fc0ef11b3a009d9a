"""Whether the work of a branch is in another one under other commits: rebased, picked, or squashed into one.

Told by the text of the patches, byte for byte but for line numbers. ``git cherry`` and ``git patch-id`` pass over white
space, and so take a change of indentation for no change; what is deleted for it would be lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitml.git.run import run

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 30.0
MOST = 2000
"""Commits of the other branch that are looked through, the newest."""
PATHS = 100
"""Paths that a branch may have changed for only commits that touch them to be looked through."""

_COMMIT = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PATCH = ("-r", "-p", "--no-renames", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "-U3")
_UNTOLD = (b"Binary files ", b"GIT binary patch", b"old mode ", b"new mode ")
"""Lines that say less than what was changed: nothing is concluded from such a patch."""


def landed(root: str, head: str, target: str) -> bool:
    """Whether each commit that ``head`` has and ``target`` has not is there as a patch, or all of them as one.

    Cautious: merges, binary files and changed modes are not told. Raises GitFailed.
    """
    base = run(root, "merge-base", head, target, check=False, timeout=SECONDS).out.decode().strip()
    if not base:
        return False
    lines = run(root, "rev-list", "--parents", head, "--not", target).out.decode().splitlines()
    own, merges = [line.split()[0] for line in lines], any(len(line.split()) > 2 for line in lines)
    there = _there(root, head, target, _paths(root, own))
    patches = [] if merges else _patches(root, own)
    if patches and all(patch in there for patch in patches):
        return True
    return _whole(root, base, head) in there


def _there(root: str, head: str, target: str, paths: Sequence[str]) -> set[bytes]:
    """The patches of what ``target`` has and ``head`` has not."""
    limits = [f"--max-count={MOST}", "--no-merges", "--full-history"]
    asked = ["rev-list", *limits, target, "--not", head, "--", *paths]
    commits = run(root, *asked, options=("--literal-pathspecs",), timeout=SECONDS).out.decode().split()
    return {patch for patch in _patches(root, commits) if patch}


def _paths(root: str, commits: Sequence[str]) -> list[str]:
    asked = ("diff-tree", "--stdin", "-m", "-r", "--root", "--name-only", "--no-commit-id", "-z")
    out = run(root, *asked, input=_lines(commits), timeout=SECONDS).out
    found = sorted(set(out.decode("utf-8", "surrogateescape").split("\0")) - {""})
    return found if len(found) <= PATHS else []


def _patches(root: str, commits: Sequence[str]) -> list[bytes]:
    """The patch of each commit; b"" for one of which none can be told."""
    out = run(root, "diff-tree", "--stdin", "--root", *_PATCH, input=_lines(commits), timeout=SECONDS).out
    found: list[list[bytes]] = []
    for line in out.split(b"\n"):
        if _COMMIT.fullmatch(line):
            found.append([])
        elif found:
            found[-1].append(line)
    return [b""] * (len(commits) - len(found)) + [_text(lines) for lines in found]


def _whole(root: str, base: str, head: str) -> bytes:
    return _text(run(root, "diff-tree", *_PATCH, base, head, timeout=SECONDS).out.split(b"\n"))


def _text(lines: Sequence[bytes]) -> bytes:
    if any(line.startswith(_UNTOLD) for line in lines):
        return b""
    kept = (b"@@" if line.startswith(b"@@ ") else line for line in lines if not line.startswith(b"index "))
    return b"\n".join(kept).strip(b"\n")


def _lines(commits: Sequence[str]) -> bytes:
    return "".join(f"{commit}\n" for commit in commits).encode()
