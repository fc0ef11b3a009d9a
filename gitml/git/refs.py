"""What branches point at, and whether any of them moved. The hook path imports this."""

import os
import time

from gitml.git.head import detached
from gitml.git.run import run
from gitml.git.worktrees import git_dirs

TYPE_CHECKING = False

PUSHED = "refs/gitml/pushed"
"""``refs/gitml/pushed/<branch>``: what gitml gave the remote's branch while the local one stayed behind it."""

RACY = 1.0
"""Seconds. A folder changed this recently may change again within the same tick of its file system's clock."""


def branches(root: str) -> "dict[str, str]":
    """{full name: id of its commit} of every branch, local or of a remote, and of what gitml pushed to one that is
    not fetched yet. About 3 ms. Raises GitFailed."""
    out = run(root, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes", PUSHED).out
    lines = out.decode("utf-8", "surrogateescape").split("\n")[:-1]
    return {name: commit for commit, _, name in (line.partition(" ") for line in lines)}


def tips(root: str, common_dir: str) -> "list[str]":
    """Ids of everything a branch, local or of a remote, or a work tree's HEAD points at, each once, sorted.

    About 3 ms. Raises GitFailed.
    """
    return tips_of(branches(root), common_dir)


def tips_of(found: "dict[str, str]", common_dir: str) -> "list[str]":
    """The same where ``branches`` has been asked already."""
    heads = filter(None, (detached(git_dir) for git_dir in git_dirs(common_dir)))
    return sorted({*found.values(), *heads})


def ids_of(root: str, names: "list[str]") -> "dict[str, str]":
    """What refs point at, by whole names: {ref: id}; those that are not there are left out. Raises GitFailed."""
    if not names:
        return {}
    out = run(root, "for-each-ref", "--format=%(refname) %(objectname)", *names).out.decode("utf-8", "surrogateescape")
    found = dict(line.split(" ", 1) for line in out.split("\n")[:-1])
    return {name: found[name] for name in names if name in found}


def delete_own(root: str) -> None:
    """Take away the refs that are gitml's alone. Raises GitFailed."""
    names = run(root, "for-each-ref", "--format=delete %(refname)", "refs/gitml").out
    if names:
        run(root, "update-ref", "--stdin", input=names, reading=False, options=("-c", "core.hooksPath=/dev/null"))


def stamp(common_dir: str) -> str:
    """Text that changes whenever a branch or a HEAD may have, from files alone; "" where that cannot be told yet.

    git writes a ref through a lock file in the ref's own folder, so the folder's time moves with it.
    """
    seen = [_times(os.path.join(common_dir, name)) for name in ("packed-refs", "reftable", "reftable/tables.list")]
    seen += [_times(os.path.join(git_dir, "HEAD")) for git_dir in git_dirs(common_dir)]
    for kind in ("refs/heads", "refs/remotes", PUSHED):
        seen += [_times(folder) for folder, _, _ in os.walk(os.path.join(common_dir, kind))]
    if max(seen) > time.time_ns() - int(RACY * 1e9):
        return ""
    return " ".join(map(str, seen))


def _times(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
