"""side-branch: what waits goes onto a branch beside the working branch. The hook path imports this.

Neither the index nor the work tree nor HEAD is touched, so it works in the middle of a rebase or a merge as well.
"""

import os
import time

from gitml.config import REMOTE
from gitml.errors import GitmlError
from gitml.git import grafting, head, refs, sending, staging, worktrees
from gitml.git.asked import Settings, settings
from gitml.git.objects import ids
from gitml.ops.persist import mirror, patience
from gitml.ops.persist.sidenames import DETACHED, HEADS, REMOTES, first_fit, template
from gitml.ops.riding import carry
from gitml.ops.riding.commits import drain
from gitml.ops.riding.journal import LIVE
from gitml.ops.riding.settle import settle
from gitml.store import spool
from gitml.store.files import read_bytes, write_atomic
from gitml.store.layout import DATA
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.part import Part

MESSAGE = "Record agent sessions\n\n[skip ci]\n"
"""Nothing in such a commit is to be built."""

SHARED = (f"{DATA}/config.toml", f"{DATA}/.gitattributes")
"""What a new side branch takes over from the working branch, so that a clone of it alone can be read."""

LOCK_SECONDS = 2.0
WANTED = "side-push.wanted"
"""A file of the local state, there as long as something may have to be sent: hooks look no further where it is not."""

SHARE = 0.8
"""Of the time a hook has left for the push: one that hangs is ended then, and begun anew aside."""


class Place:
    """Where this work tree's records go: ``name`` of the side branch, ``tip`` ("" for none yet) that a commit is made
    on, ``local`` what the local branch is at, the ``remote`` ("" for none), and git's settings."""

    __slots__ = ("known", "local", "name", "remote", "tip")

    def __init__(self, name: str, local: str, tip: str, remote: str, known: Settings) -> None:
        self.name = name
        self.local = local
        self.tip = tip
        self.remote = remote
        self.known = known


def after_turn(context: "Context", started: float) -> None:
    """Record, and send what is recorded aside; where this machine is thrown away, at once, for most of what is left of
    the time that the hook has, which ``started`` then (monotonic clock).

    Raises as ``record`` does; what was recorded before is sent all the same.
    """
    from gitml.ops.persist import delivery

    try:
        record(context)
    finally:
        if delivery.wanted(context):
            if os.environ.get(REMOTE) == "true":
                left = patience.deadline(context, started) - time.monotonic()
                delivery.hurry(context, max(left, 0.0) * SHARE)
            else:
                delivery.aside(context)


def fetch_aside(context: "Context") -> None:
    """Fetch what other machines left on side branches, in a process of its own; returns at once."""
    from gitml.git.process import detach

    detach(lambda: _fetch(context))


def _fetch(context: "Context") -> None:
    from gitml.ops.persist.pull import pull

    pull(context, unattended=True)


def record(context: "Context") -> int:
    """Commit the parts that wait to the side branch. Returns how many.

    Raises Busy, GitFailed, OSError; BadUsage for a name that is none; GitmlError where no side branch can be made.
    What is not committed then waits in the spool.
    """
    with hold(context.layout.lock, LOCK_SECONDS):
        drain(context)
        spool.adopt(context.layout, worktrees.living(context.where.common_dir))
    if spool.is_empty(context.layout):
        return 0
    shared = opted_in(context)
    parts = carry.searched(context, {}) if shared else []
    if not parts:
        return 0
    with hold(context.layout.lock, LOCK_SECONDS):
        there = [part for part in parts if os.path.isdir(part.path)]
        count = _commit(context, there, shared) if there else 0
        settle(context)
    return count


def opted_in(context: "Context") -> "dict[str, str]":
    """What of ``SHARED`` this branch has, in the index or in HEAD: {path: blob}. Empty where it wants no records."""
    root = context.where.root
    held = staging.staged(root, DATA)
    if SHARED[0] not in held:
        held = staging.committed(root, "HEAD", SHARED)
    return {path: held[path] for path in SHARED if held.get(path)} if SHARED[0] in held else {}


def place(context: "Context") -> Place:
    """Where the records of what is checked out here go. Raises GitFailed, BadUsage, GitmlError."""
    root = context.where.root
    branch = head.worked_on(context.where.git_dir)
    known = settings(root)
    remote = known.remote_for(branch)
    branches = refs.branches(root)
    names = template(context).candidates(branch or DETACHED)
    sides = mirror.side_branches(context, branches)
    local = _usable(HEADS, names, branches, sides)
    if not local:
        raise GitmlError(
            f"no side branch `{names[0]}` can be made beside the branches there are",
            where=root,
            hint="name others in .git-ml/config.toml: [side_branch] ref",
        )
    mine = sides.get(HEADS + local, "")
    theirs = sides.get(f"{REMOTES}{remote}/{local}", "") if remote else ""
    ahead = theirs and (not mine or sending.contains(root, theirs, mine))
    return Place(local, mine, theirs if ahead else mine, remote, known)


def move(context: "Context", name: str, new: str, old: str) -> None:
    """Point the side branch to ``new`` if it is at ``old`` ("" for nowhere). Raises GitFailed, and GitmlError where
    somebody has it checked out: their index would then look changed."""
    for git_dir in worktrees.git_dirs(context.where.common_dir):
        if head.branch(git_dir) == name:
            raise GitmlError(
                f"`{name}` is checked out, so records wait", where=git_dir, hint="git switch another branch"
            )
    grafting.move(context.where.root, HEADS + name, new, old or grafting.nothing(new))


def _usable(kind: str, names: "list[str]", branches: "dict[str, str]", sides: "dict[str, str]") -> str:
    """The first name that is no branch of another sort, and that git can have."""
    free = [name for name in names if kind + name not in branches or kind + name in sides]
    return first_fit(free, [ref[len(kind) :] for ref in branches if ref.startswith(kind)])


def _commit(context: "Context", parts: "list[Part]", shared: "dict[str, str]") -> int:
    there = place(context)
    files: grafting.Files = {} if there.tip else dict(shared)
    for part in _new(context, there.tip, parts):
        files.update({f"{LIVE}/{part.name}/{one}.jsonl": read_bytes(part.file(one)) for one in part.streams()})
    if there.tip and not files:
        return 0
    made = grafting.commit(context.where.root, files, there.tip, MESSAGE, there.known, int(time.time()))
    if there.remote:
        write_atomic(os.path.join(context.layout.local, WANTED), b"", 0o600)
    move(context, there.name, made, there.local)
    return len(parts)


def _new(context: "Context", tip: str, parts: "list[Part]") -> "list[Part]":
    """Those that a run which was killed then has not committed already: a closed part never changes."""
    asked = {f"{tip}:{LIVE}/{part.name}": part for part in parts} if tip else {}
    there = ids(context.where.root, asked)
    return [part for part in parts if f"{tip}:{LIVE}/{part.name}" not in there]
