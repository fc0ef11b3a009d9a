"""The work trees of a clone, from git's files. The hook path imports this."""

import os

from gitml.git.where import MAIN, linked_name, path_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.git.where import Where


def git_dirs(common_dir: str) -> "list[str]":
    """The git directories of all work trees, the clone's own first, whether or not their folders are still there."""
    folder = os.path.join(common_dir, "worktrees")
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    return [common_dir, *(os.path.join(folder, name) for name in names)]


class Linked:
    """A linked work tree: its ``name`` as spools have it, its ``git_dir``, its ``root`` ("" where nobody knows, and
    whether or not it is still there), and why it is ``locked``: None where it is not."""

    __slots__ = ("git_dir", "locked", "name", "root")

    def __init__(self, git_dir: str) -> None:
        self.git_dir = git_dir
        self.name = linked_name(git_dir)
        self.root = os.path.dirname(_dot_git(git_dir))
        lock = os.path.join(git_dir, "locked")
        self.locked = path_in(lock) if os.path.lexists(lock) else None


def linked(common_dir: str) -> "list[Linked]":
    """The linked work trees of a clone, by git's name for them."""
    return [Linked(git_dir) for git_dir in git_dirs(common_dir)[1:]]


def living(common_dir: str) -> "set[str]":
    """Names of the work trees that are there. A locked one counts: it may be on a disk that is not plugged in."""
    found = {MAIN}
    for git_dir in git_dirs(common_dir)[1:]:
        dot_git = _dot_git(git_dir)
        if os.path.exists(os.path.join(git_dir, "locked")) or (dot_git and os.path.exists(dot_git)):
            found.add(linked_name(git_dir))
    return found


def name_of(git_dir: str, common_dir: str) -> str:
    """What the work tree of one of ``git_dirs`` is called."""
    return MAIN if git_dir == common_dir else linked_name(git_dir)


def roots(where: "Where") -> "list[str]":
    """The tops of all work trees of the clone that git knows, this one first; whether or not they still exist."""
    found = [where.root]
    if os.path.basename(where.common_dir) == ".git":
        found.append(os.path.dirname(where.common_dir))
    dot_gits = [_dot_git(git_dir) for git_dir in git_dirs(where.common_dir)[1:]]
    found += [os.path.dirname(path) for path in dot_gits if path]
    return list(dict.fromkeys(found))


def _dot_git(git_dir: str) -> str:
    """Where the work tree's ``.git`` file lies; relative since git 2.48 where asked for. "" where nobody knows."""
    path = path_in(os.path.join(git_dir, "gitdir"))
    return os.path.normpath(os.path.join(git_dir, path)) if path else ""
