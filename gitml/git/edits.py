"""What differs between commits, index and work tree below a folder. Not the hook path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gitml.git.run import run

RAW = ("-r", "--no-renames", "-z")


class Edit(NamedTuple):
    """``path`` changed from ``before`` to ``after`` (blob ids; zeros: not known, or none); ``status`` is git's letter
    (M, D, T); ``commit`` that did it, "" where it is none."""

    path: str
    before: str
    after: str
    status: str
    commit: str = ""


def unstaged(root: str, folder: str) -> list[Edit]:
    """The work tree against the index. A file whose times alone differ may be among them. Raises GitFailed."""
    out = run(root, "diff-files", "--ignore-submodules", *RAW, "--", folder, timeout=60).out
    return [edit for edit in _edits(out) if edit.status != "U"]


def staged(root: str, folder: str) -> list[Edit]:
    """The index against HEAD; nothing where there is no commit yet. Raises GitFailed."""
    if run(root, "rev-parse", "--verify", "--quiet", "HEAD", check=False).code:
        return []
    out = run(root, "diff-index", "--cached", "--ignore-submodules", *RAW, "HEAD", "--", folder, timeout=60).out
    return [edit for edit in _edits(out) if edit.status != "U"]


def in_history(root: str, folder: str, seconds: float) -> list[Edit]:
    """Files that some commit of any branch changed, rather than added or deleted; of merges against each parent.

    Stashes are left out, and what a shallow clone lacks. Raises GitFailed, also where it takes longer than that.
    """
    walk = ("rev-list", "--exclude=refs/stash", "--all", "--full-history", "--topo-order", "--reverse", "--", folder)
    commits = run(root, *walk, timeout=seconds).out
    compare = ("diff-tree", "--stdin", "-m", "--root", "--diff-filter=MT", *RAW, "--", folder)
    return list(_edits(run(root, *compare, input=commits, timeout=seconds).out)) if commits else []


def _edits(out: bytes) -> Iterator[Edit]:
    """Fields end in NUL: a commit's id (in history), then ``:modes ids status`` and a path for each edit."""
    commit, meta = "", ""
    for field in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        if meta:
            _, _, before, after, status = meta.split(" ")
            yield Edit(field, before, after, status[:1], commit)
            meta = ""
        elif field.startswith(":"):
            meta = field
        else:
            commit = field.strip()
