"""Putting a plan's files into work tree and index, and mending that where it was cut off.

Always in this order: journal, new files (durable), index, parts. At every instant a reader meets each record.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from gitml.errors import Busy
from gitml.git import placing, replacing, staging
from gitml.git.listing import SECONDS, extract, listed
from gitml.git.objects import blob_id
from gitml.git.run import GitFailed
from gitml.ops.compacting import journal
from gitml.ops.compacting.refusing import files
from gitml.ops.compacting.tip import TRACKED
from gitml.store.files import make_dirs

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitml.ops.compacting.plan import Plan
    from gitml.ops.context import Context

PATIENCE = 5.0
"""Seconds for git to let go of the index."""

PAUSE = 0.05


def moves(plan: Plan) -> journal.Moves:
    """What putting it in place will do."""
    known = plan.tip.blobs
    ours = {path: [known.get(path, ""), blob] for path, blob in plan.blobs.items()}
    return journal.Moves({**ours, **{path: [blob, ""] for path, blob in plan.gone.items()}})


def put(context: Context, plan: Plan) -> None:
    """Place the new files, bring the index up to date, take the parts away. Call it under the lock, with the journal
    written. Raises OSError, Busy (git holds the index)."""
    root = context.where.root
    for path, file in plan.files.items():
        replacing.replace(root, path, file)
    patiently(context, lambda: _index(root, list(plan.files), list(plan.gone)))
    for path, blob in plan.gone.items():
        placing.take_away(root, path, lambda data, blob=blob: blob_id(data, len(blob)) == blob)  # type: ignore[misc]


def heal(context: Context) -> bool:
    """Bring what a compaction that was cut off left to what HEAD has: undone where it was to be staged, finished where
    its commit exists. A file somebody has changed since is left alone. Returns whether there was anything.

    Call it under the lock. Raises Busy, GitFailed, OSError.
    """
    if not journal.left_over(context.layout):
        return False
    root, ours = context.where.root, journal.read(context.layout).ours
    wanted = {path: blob for path, (_, blob) in listed(root, "HEAD", TRACKED).items()}
    there = files(root, ours)
    wrong = {
        path: wanted.get(path, "")
        for path, may_be in ours.items()
        if there.get(path, "") in may_be and there.get(path, "") != wanted.get(path, "")
    }
    for path in ours:
        placing.sweep(root, path)
    _restore(context, wrong)
    held = staging.staged(root, TRACKED)
    stale = [path for path in ours if held.get(path, "") in ours[path] and held.get(path, "") != wanted.get(path, "")]
    there = files(root, stale)
    right = [path for path in stale if path in wanted and there.get(path) == wanted[path]]
    patiently(context, lambda: _index(root, right, [path for path in stale if path not in wanted]))
    for path in (path for path, blob in wrong.items() if not blob):
        placing.take_away(root, path, lambda data, path=path: _id(data, ours[path]) in ours[path])  # type: ignore[misc]
    journal.drop(context.layout)
    return True


def patiently(context: Context, work: Callable[[], None]) -> None:
    """Do what needs the index, again while git holds it. Raises Busy."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            work()
            return
        except GitFailed as error:
            if not os.path.exists(os.path.join(context.where.git_dir, "index.lock")) and "index.lock" not in error.what:
                raise
            if time.monotonic() >= deadline:
                where = os.path.join(context.where.git_dir, "index.lock")
                raise Busy("git holds the index", where=where, hint="run the command again") from None
        time.sleep(PAUSE)


def _index(root: str, added: list[str], removed: list[str]) -> None:
    if added:
        staging.add(root, added, timeout=SECONDS)
    if removed:
        staging.remove(root, removed, timeout=SECONDS)


def _restore(context: Context, wrong: dict[str, str]) -> None:
    scratch = os.path.join(context.layout.compact, "restored")
    needed = {path: blob for path, blob in wrong.items() if blob}
    if not needed:
        return
    make_dirs(scratch)
    objects, one = os.path.join(scratch, f"objects-{os.getpid()}"), os.path.join(scratch, f"one-{os.getpid()}")
    try:
        blobs = extract(context.where.root, needed.values(), objects)
        for path, blob in needed.items():
            with blobs.open(blob) as source, open(one, "wb") as out:
                while chunk := source.read(1 << 20):
                    out.write(chunk)
            replacing.replace(context.where.root, path, one)
    finally:
        for file in (objects, one):
            if os.path.exists(file):
                os.unlink(file)


def _id(data: bytes, like: list[str]) -> str:
    return blob_id(data, max(map(len, like)))
