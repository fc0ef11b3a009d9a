"""What ``gitml verify --repair`` is for: a conflict among the store's own files.

Two cases may conflict. A revert of a commit that compaction has folded; and two lines of history that each folded the
same part, since git takes a similar part of one line for the folded one renamed, which the other line has deleted.
"""

from __future__ import annotations

import re
from pathlib import Path

from soakmerges.git import start
from soakmerges.world import LIVE, Broken, Round, Tree

TWICE = "conflicts of two compactions"


def excused(tree: Tree, revert: bool) -> bool:
    """Unite a conflict that may be; False where it is none of those."""
    kind = "conflicts of a folded revert" if revert else TWICE if _twice(tree) else ""
    if kind:
        tree.round.counts[kind] += 1
        _repair(tree)
    return bool(kind)


def folded_twice(round: Round, base: str, ours: str, theirs: str) -> bool:
    """The same of a merge on the server: nobody can settle it there, so it is not made."""
    parts = [
        set(round.server("ls-tree", "-r", "--name-only", commit, LIVE).out.split()) for commit in (base, ours, theirs)
    ]
    return bool(parts[0] - parts[1] - parts[2])


def _twice(tree: Tree) -> bool:
    """Whether a file of a part that both sides once had is in neither by now."""
    theirs, bases = _sides(tree)
    return any(_parts(tree, base) - _parts(tree, "HEAD") - _parts(tree, theirs) for base in bases)


def _sides(tree: Tree) -> tuple[str, list[str]]:
    """What is brought in, and what it is compared with."""
    for name in ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD"):
        theirs = tree.quietly("rev-parse", "-q", "--verify", name).out.strip()
        if theirs and name != "MERGE_HEAD":
            return theirs, [f"{theirs}^"]
        if theirs:
            break
    else:
        said = Path(tree.context.where.git_dir, "SQUASH_MSG")  # a squash leaves no head of what it merges
        found = re.search("^commit ([0-9a-f]+)", said.read_text() if said.exists() else "", re.MULTILINE)
        if found is None:
            return "HEAD", []
        theirs = found[1]
    return theirs, tree.lines("merge-base", "--all", "HEAD", theirs)


def _parts(tree: Tree, commit: str) -> set[str]:
    return set(tree.lines("ls-tree", "-r", "--name-only", commit, LIVE))


def _repair(tree: Tree) -> None:
    paths = tree.ours_in_conflict()
    ended = start(tree.root, "gitml", "verify", "--repair")
    tree.note(f"gitml verify --repair: {', '.join(paths)} -> {ended.code}", ended)
    left = tree.ours_in_conflict()
    if left:
        raise Broken(f"{tree.root.name}: verify --repair left {', '.join(left)} in conflict: {ended.said}")
