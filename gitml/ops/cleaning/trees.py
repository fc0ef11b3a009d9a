"""Whether an agent's work tree may go: every reason to stay, the cheap ones first."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from gitml.errors import Busy
from gitml.git import default_branch, dirt, head, worktrees
from gitml.git import where as locations
from gitml.git.landed import HEADS, Landed
from gitml.git.run import run
from gitml.ops.cleaning import keepsakes
from gitml.ops.cleaning.ages import words
from gitml.ops.cleaning.folders import within
from gitml.ops.cleaning.measured import Measured
from gitml.ops.cleaning.occupied import Occupied
from gitml.ops.cleaning.whose import is_made_by_an_agent
from gitml.ops.persist import state as own
from gitml.ops.riding import journal, marks
from gitml.store import lock

if TYPE_CHECKING:
    from gitml.git.worktrees import Linked
    from gitml.ops.cleaning.transcripts import Transcripts
    from gitml.ops.context import Context


class Verdict(NamedTuple):
    """``why`` it stays, "" where it may go · ``measured`` and the ``age`` by it · ``branch`` that is checked out, its
    ``commit``, and whether that is ``merged`` and nobody else is on it, so that it goes, too."""

    why: str
    measured: Measured
    age: float
    branch: str = ""
    commit: str = ""
    merged: bool = False


class Trees:
    """Asked for one work tree after the other at ``now`` (seconds since 1970); ``limit``: the age, in seconds, that its
    last commit or change must have."""

    def __init__(self, context: Context, transcripts: Transcripts, limit: float, now: float) -> None:
        self._context = context
        self._limit = limit
        self._now = now
        self._transcripts = transcripts
        self._occupied = Occupied(context, transcripts, now)

    def judge(self, tree: Linked) -> Verdict:
        """What becomes of it. Raises GitmlError, OSError where that cannot be found out."""
        why = self._place(tree) or self._inside(tree) or self._occupied.by(tree.root) or self._work(tree)
        commit = "" if why else self._commit(tree)
        why = why or self._commits(tree, commit)
        measured = Measured(tree.root, tree.git_dir)
        age = max(0.0, self._now - max(measured.newest, self._committed(commit)))
        why = why or measured.hinders
        if not why and age < self._limit:
            why = f"changed {words(age)} ago, kept for {words(self._limit)}"
        if why:
            return Verdict(why, measured, age)
        branch = head.branch(tree.git_dir)
        own = bool(branch) and branch != self._landed.default
        own = own and not is_used(self._context, branch, tree.git_dir)
        return Verdict("", measured, age, branch, commit, own and self._landed.merged(commit))

    # -- reasons to stay -------------------------------------------------------------------------------------------

    def _place(self, tree: Linked) -> str:
        """What can be told of it from where it is."""
        if tree.locked is not None:
            return f"it is locked: {tree.locked}" if tree.locked else "it is locked"
        if not tree.root:
            return "git's record of it is damaged; git worktree repair"
        if tree.git_dir == self._context.where.git_dir or within(_here(), tree.root):
            return "it is the one you are in"
        if os.path.realpath(tree.root) != tree.root:
            return "its folder is reached through a link"
        return ""

    def _inside(self, tree: Linked) -> str:
        """What lies in it that is not its own. git ignores it there, and would delete it."""
        where = self._context.where
        trees = [each.root for each in worktrees.linked(where.common_dir) if each.root and each.root != tree.root]
        kept = {
            "another work tree": trees,
            "the repository itself": [where.common_dir],
            "where an agent keeps its sessions": self._transcripts.roots(self._context.config),
        }
        for what, folders in kept.items():
            found = next((folder for folder in folders if within(folder, tree.root)), "")
            if found:
                return f"{what} lies in it, {os.path.relpath(found, tree.root)}"
        return ""

    def _work(self, tree: Linked) -> str:
        """What is in it, or going on in it, that no commit has."""
        layout = self._context.layout.of(tree.name)
        why = dirt.at_work(tree.git_dir)
        if why:
            return why
        if (
            marks.committing(layout)
            or any(ride.running for ride in journal.rides(layout))
            or _pushing(own.lock(layout))
        ):
            return "a commit is under way in it"
        return self._staged(tree) if is_gone(tree) else self._dirty(tree)

    def _dirty(self, tree: Linked) -> str:
        found = locations.at(tree.root)
        if found is None or found.git_dir != tree.git_dir:
            return "its folder is not the one that git knows; git worktree repair"
        changed, ignored = dirt.changes(tree.root)
        if changed:
            return f"{_counted(changed)} not committed: {changed[0][1]}"
        main = os.path.dirname(self._context.where.common_dir)
        why = dirt.unseen(tree.root) or keepsakes.only_here(tree.root, ignored, main)
        return why or ("" if is_made_by_an_agent(tree.root) else keepsakes.database(ignored))

    def _staged(self, tree: Linked) -> str:
        """Of a folder that is gone the index alone is left."""
        asked = ("diff-index", "--cached", "--quiet", "HEAD", "--")
        done = run(self._context.where.root, *asked, options=("--git-dir", tree.git_dir), check=False)
        return "something is staged in it" if done.code else ""

    def _commits(self, tree: Linked, commit: str) -> str:
        if not commit:
            return "there is no commit in it"
        if is_gone(tree) and head.branch(tree.git_dir):  # the branch stays, and all that is on it
            return ""
        return self._landed.against(commit)

    # -- facts -----------------------------------------------------------------------------------------------------

    @cached_property
    def _landed(self) -> Landed:
        where = self._context.where
        said = str(self._context.config.get("default_branch"))
        return Landed(where.root, said or default_branch.find(where.root, where.common_dir)[0])

    def _commit(self, tree: Linked) -> str:
        """The id of the commit it is on; "" where there is none."""
        return head.detached(tree.git_dir) or self._landed.branches.get(HEADS + head.branch(tree.git_dir), "")

    def _committed(self, commit: str) -> float:
        """When that was committed, in seconds since 1970."""
        if not commit:
            return 0.0
        asked = ("rev-list", "--max-count=1", "--format=%ct", commit, "--")
        return float(run(self._context.where.root, *asked).out.split()[-1])


def is_used(context: Context, branch: str, but: str = "") -> bool:
    """Whether a work tree, other than that of the git directory ``but``, is on a branch, or rebases or bisects it."""
    git_dirs = worktrees.git_dirs(context.where.common_dir)
    return any(each != but and head.worked_on(each) == branch for each in git_dirs)


def is_gone(tree: Linked) -> bool:
    """Whether the folder is not there any more, and git's record of it alone is left."""
    return not os.path.lexists(tree.root)


def _pushing(path: str) -> bool:
    """Whether a commit of gitml's own is being made or pushed."""
    if not os.path.exists(path):
        return False
    try:
        with lock.hold(path, 0.0):
            return False
    except Busy:
        return True


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # the folder is gone
        return ""


def _counted(changed: list[tuple[str, str]]) -> str:
    return "1 change is" if len(changed) == 1 else f"{len(changed)} changes are"
