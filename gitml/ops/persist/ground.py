"""What a commit of gitml's own would stand on, and the reasons to stay out. Files are looked at before git is asked."""

import os

from gitml.config import REMOTE
from gitml.git import default_branch, head, moving, neighbours, progress, refs, upstream
from gitml.git.asked import settings
from gitml.git.run import run
from gitml.git.where import find
from gitml.git.worktrees import git_dirs, living, name_of
from gitml.ops.riding import journal
from gitml.ops.riding.marks import committing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.git.asked import Settings
    from gitml.git.upstream import Upstream
    from gitml.ops.context import Context


class Waits(Exception):
    """The spool waits; the text says why, for ``gitml status``."""


class Ground:
    """``branch`` ("" where HEAD is detached) at the commit ``head``; ``tip``: where its ``upstream`` was last seen, ""
    where never; ``cloud``: this machine is thrown away, so commits of others on the branch are pushed along."""

    __slots__ = ("branch", "cloud", "head", "seen", "settings", "tip", "upstream")

    def __init__(
        self, branch: str, head: str, settings: "Settings", upstream: "Upstream | None", seen: "dict[str, str]"
    ) -> None:
        self.branch = branch
        self.head = head
        self.settings = settings
        self.upstream = upstream
        self.seen = seen
        self.cloud = os.environ.get(REMOTE) == "true"
        tracked = seen.get(upstream.tracking, "") if upstream else ""
        self.tip = seen.get(f"{refs.PUSHED}/{branch}", "") or tracked

    @property
    def ref(self) -> str:
        """What moves."""
        return f"refs/heads/{self.branch}" if self.branch else "HEAD"

    @property
    def tracked(self) -> str:
        """Where the tracking ref is, "" where there is none."""
        return self.seen.get(self.upstream.tracking, "") if self.upstream else ""


def survey(context: "Context") -> Ground:
    """Look around. Raises Waits, GitFailed, OSError."""
    where = context.where
    branch = head.branch(where.git_dir)
    for reason in (_busy(context), _branch(context, branch), _nested(context)):
        if reason:
            raise Waits(reason)
    found = settings(where.root)
    target = _upstream(found, branch)
    named = [f"refs/heads/{branch}", f"{refs.PUSHED}/{branch}"] if branch else []
    seen = refs.ids_of(where.root, [*named, *([target.tracking] if target else [])])
    at = seen.get(f"refs/heads/{branch}", "") if branch else head.detached(where.git_dir)
    if not at:
        raise Waits("the branch has no commit yet")
    if target is not None:
        _check_target(context, found, branch, target)
    return Ground(branch, at, found, target, seen)


def still(context: "Context", branch: str) -> bool:
    """Whether nothing has begun since that a move of the branch would disturb. No git is asked."""
    where = context.where
    if head.branch(where.git_dir) != branch or progress.in_progress(where.git_dir):
        return False
    return not _is_committing(context)


def _busy(context: "Context") -> str:
    git_dir = context.where.git_dir
    if progress.in_progress(git_dir) or os.path.lexists(os.path.join(git_dir, "SQUASH_MSG")):
        return "a merge, rebase, cherry-pick, revert or bisect is going on"
    if not os.path.isfile(os.path.join(git_dir, "index")):
        return "nothing is checked out"
    if os.path.isdir(os.path.join(context.where.common_dir, "reftable")):
        return "refs in a reftable are not moved yet"
    if _is_committing(context):
        return "a commit is running"
    return "somebody holds the index" if moving.locked(git_dir, 0.2) else ""


def _is_committing(context: "Context") -> bool:
    mine = os.getpid()
    running = any(ride.running and ride.pid != mine for ride in journal.rides(context.layout))
    return running or committing(context.layout) or neighbours.commits(context.where.root)


def _branch(context: "Context", branch: str) -> str:
    wanted = context.config.get("own_commits")
    if not branch:
        return "" if wanted["detached"] else "HEAD is detached"
    where = context.where
    if not wanted["default_branch"]:
        default = default_branch.find(where.root, where.common_dir)[0]
        if branch in (default, context.config.get("default_branch")):
            return f"{branch} is the default branch"
    there = living(where.common_dir)
    for git_dir in git_dirs(where.common_dir):
        other = git_dir != where.git_dir and name_of(git_dir, where.common_dir) in there
        if other and head.branch(git_dir) == branch:
            return f"{branch} is checked out in another work tree"
    return ""


def _nested(context: "Context") -> str:
    """A submodule: a commit in it would make its parent's work tree dirty."""
    root = context.where.root
    if find(os.path.dirname(root)) is None:
        return ""
    above = run(root, "rev-parse", "--show-superproject-working-tree").out.strip()
    return "this is a submodule" if above else ""


def _upstream(found: "Settings", branch: str) -> "Upstream | None":
    """On a machine that is thrown away also a branch nobody pushed yet has a place to go to; elsewhere its owner
    decides when it is published."""
    if not branch:
        return None
    target = upstream.of(found, branch)
    elsewhere = found.get(f"branch.{branch}.remote") not in ("", ".", *found.remotes())
    if target is None and not elsewhere and os.environ.get(REMOTE) == "true":
        target = upstream.same_name(found, branch)
    if target is not None and not target.tracking:
        target.tracking = f"refs/remotes/{target.remote}/{target.ref.removeprefix(upstream.HEADS)}"
    return target


def _check_target(context: "Context", found: "Settings", branch: str, target: "Upstream") -> None:
    unusual = upstream.unusual(found, branch, target.remote)
    if unusual:
        raise Waits(f"{unusual} sends pushes elsewhere")
    name = target.ref.removeprefix(upstream.HEADS)
    if name == branch or context.config.get("own_commits.default_branch"):
        return
    where = context.where
    if name in (default_branch.find(where.root, where.common_dir)[0], context.config.get("default_branch")):
        raise Waits(f"its upstream is the default branch, {name}")
