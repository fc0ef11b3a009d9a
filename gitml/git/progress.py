"""Whether git is in the middle of something, told from files alone. The hook path imports this."""

import os

MARKS = (
    "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "sequencer", "BISECT_LOG",
)  # fmt: skip
"""What merge, cherry-pick, revert, rebase, am, several picks and bisect leave while they run. A squash merge's
SQUASH_MSG is not among them: the commit that ends it is an ordinary one."""


def in_progress(git_dir: str) -> bool:
    """Whether the work tree of that git directory is in the middle of an operation that makes commits itself."""
    return any(os.path.lexists(os.path.join(git_dir, mark)) for mark in MARKS)


def index_kind(git_dir: str, index: str) -> str:
    """What kind of commit runs, by the index file git gave its hook.

    "whole": the index itself, or the locked copy that -a, -p and -i commit from. "partial": a copy that git throws
    away after the commit (paths, --only). "": none of git's own, somebody commits from an index file of their own.
    """
    folder, name = os.path.split(os.path.realpath(index))
    if not index or folder != os.path.realpath(git_dir):
        return ""
    if name in ("index", "index.lock"):
        return "whole"
    return "partial" if name.startswith("next-index-") else ""
