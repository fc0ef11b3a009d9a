"""Giving a commit the parts that wait: what pre-commit does. The hook path imports this.

The commit is never touched where in doubt; the spool waits for the next one.
"""

import os

from gitml.agents.registry import running
from gitml.config import SIDE_BRANCH
from gitml.errors import GitmlError
from gitml.git import placing, process, progress, reflog, staging
from gitml.git.objects import SHA1_DIGITS, blob_id
from gitml.git.worktrees import living
from gitml.ops.forgetting import unfinished
from gitml.ops.redacting.check import BUDGET, held_back
from gitml.ops.redacting.held import waiting
from gitml.ops.riding import journal, takeback
from gitml.ops.riding.commits import drain
from gitml.ops.riding.journal import LIVE
from gitml.store import spool
from gitml.store.files import read_bytes
from gitml.store.layout import DATA
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.part import Part

MOST_BYTES = 20 * 1024 * 1024
"""Of parts in one commit: a first import of a thousand sessions is spread over several."""

LOCK_SECONDS = 0.5
"""Another gitml that holds the lock longer is compacting or importing; a commit does not wait for that."""

SYNC_MS = 300


def before_commit(context: "Context", parent: int) -> None:
    """All that pre-commit is for. ``parent`` is the process that started the hook; the environment is git's.

    Raises what its steps raise; nothing is left that a later hook cannot take back.
    """
    aside = context.config.way() == SIDE_BRANCH
    for agent, session_id in running(os.environ) if not aside else ():
        sync_first(context, agent, session_id)
    named = os.environ.get("GIT_INDEX_FILE", "")
    index = os.path.abspath(named) if named else ""
    if progress.index_kind(context.where.git_dir, index) == "whole":  # else the index itself is locked
        takeback.take_back(context, index)
    if aside:  # no working branch ever sees a record
        return
    git = process.committing(parent)
    try:
        carry(context, index, git)
    finally:
        takeback.watch(context, git)


def carry(context: "Context", index: str, git: int) -> bool:
    """Stage waiting parts into the commit whose hook this is. Returns whether it has any of ours now.

    ``index`` is git's GIT_INDEX_FILE, ``git`` the number of its process. Raises Busy, GitFailed, OSError; whatever was
    done until then is in the journal.
    """
    kind = progress.index_kind(context.where.git_dir, index)
    if not kind or progress.in_progress(context.where.git_dir):
        return False
    with hold(context.layout.lock, LOCK_SECONDS):
        drain(context)
        unfinished.finish(context.layout)
        spool.adopt(context.layout, living(context.where.common_dir))
    if spool.is_empty(context.layout):
        return False
    held = staging.staged(context.where.root, DATA, index)
    if not opted_in(held) or not staging.differs(context.where.root, LIVE, index):
        return False
    parts = searched(context, held)
    if not parts:
        return False
    with hold(context.layout.lock, LOCK_SECONDS):
        ride = journal.Ride(git, process.started(git), kind == "partial", {}, reflog.size(context.where.git_dir))
        _stage(context, ride, parts, held, index)
    return bool(ride.blobs)


def searched(context: "Context", held: "dict[str, str]", budget: float = BUDGET) -> "list[Part]":
    """The parts this commit may take: closed, and nothing found in them. Not under the lock: it takes its time.

    What was held back before comes last, so that it takes no room from what can go.
    """
    with hold(context.layout.lock, LOCK_SECONDS):
        closed = spool.close(context.layout)
    new = [part for part in closed if any(path not in held for path in files([part]))]
    known = waiting(context.layout)
    taken = chosen(sorted(new, key=lambda part: part.name in known))
    stay = {part.name for part in held_back(context, taken, budget)}
    return [part for part in taken if part.name not in stay]


def sync_first(context: "Context", agent: str, session_id: str) -> None:
    """Bring the session that makes this commit up to date, so that the commit carries the turn it was made in."""
    if not context.config.reads(agent):
        return
    try:
        from gitml.ops.record.running import sync_running

        sync_running(context, agent, session_id, budget_ms=SYNC_MS)
    except (GitmlError, OSError, ValueError, ImportError):
        return


def opted_in(held: "dict[str, str]") -> bool:
    """Whether an index that holds these paths of ours belongs to a branch that wants records."""
    return any(not path.startswith(LIVE + "/") for path in held)


def chosen(parts: "list[Part]") -> "list[Part]":
    """The oldest parts a commit may take; one that is too large by itself goes alone."""
    taken: list[Part] = []
    room = MOST_BYTES
    for part in parts:
        room -= part.size()
        if room < 0 and taken:
            break
        taken.append(part)
    return taken


def files(parts: "list[Part]") -> "dict[str, str]":
    """{path in the work tree: file in the spool} of every stream of the parts."""
    return {f"{LIVE}/{part.name}/{stream}.jsonl": part.file(stream) for part in parts for stream in part.streams()}


def _stage(context: "Context", ride: "journal.Ride", parts: "list[Part]", held: "dict[str, str]", index: str) -> None:
    """Journal first, then the files, then the index: a kill leaves nothing that the journal does not name."""
    layout = context.layout
    there = [part for part in parts if os.path.isdir(part.path)]  # else somebody took it out in the meantime
    wanted = {path: source for path, source in files(there).items() if path not in held}
    digits = max(map(len, held.values()), default=SHA1_DIGITS)
    data = {path: read_bytes(source) for path, source in wanted.items()}
    ride.blobs = {path: blob_id(content, digits) for path, content in data.items()}
    if not ride.blobs:
        return
    journal.write(layout, ride)
    placed = [path for path in ride.blobs if placing.place(context.where.root, path, data[path])]
    if placed:
        staging.add(context.where.root, placed, index)
