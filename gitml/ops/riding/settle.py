"""After a commit: what it carried leaves the spool, what it did not is taken back, what history lost returns.

The hook path imports this. Cheap where nothing happened: a few file times are looked at.
"""

import json
import os
import time

from gitml.git import refs
from gitml.git.objects import blob_id, ids
from gitml.model.digest import hexhash
from gitml.ops.forgetting import unfinished
from gitml.ops.riding.commits import drain
from gitml.ops.riding.journal import LIVE
from gitml.ops.riding.takeback import take_back
from gitml.redact.gate import seal_state
from gitml.store import kept, spool
from gitml.store.files import read_bytes, write_atomic
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.ops.context import Context
    from gitml.store.part import Part

STATE = "refs.json"


def settle(context: "Context", patience: float = 0.0) -> None:
    """Bring this clone's spool, kept copies and journals into line with its history.

    ``patience``: seconds to try again while git holds the index. Raises Busy, GitFailed, OSError; each step is whole
    by itself, and the next call goes on.
    """
    drain(context)
    unfinished.finish(context.layout)
    if os.path.exists(os.path.join(context.layout.raw, "stale")):
        from gitml.ops.raw.aside import mend_aside

        mend_aside(context)  # seconds of work
    try:
        _follow_history(context)
    finally:
        take_back(context, patience=patience)


def _follow_history(context: "Context") -> None:
    """Does nothing unless a branch or a HEAD moved since the last time."""
    state = _state(context)
    stamp = refs.stamp(context.where.common_dir)
    if stamp and stamp == state.get("stamp"):
        return
    with hold(context.layout.lock):
        # Read under the lock: what another work tree keeps from now on is in no branch read before.
        branches = refs.branches(context.where.root)
        tips = refs.tips_of(branches, context.where.common_dir)
        gate = hexhash("\n".join(tips))
        if gate != state.get("gate") and tips:
            state["held"], whole = _with_history(context, branches, tips, state.get("held", {}))
            stamp, gate = (stamp, gate) if whole else ("", "")
    _save(context, {"stamp": stamp, "gate": gate, "held": state.get("held", {})})


def _with_history(
    context: "Context", branches: "dict[str, str]", tips: "list[str]", held: "Any"
) -> "tuple[dict[str, Any], bool]":
    """Under the lock: parts that history has leave the spool, those it lost return.

    Returns verdicts to remember, and whether all that side branches hold is there to be read.
    """
    from gitml.ops.persist import mirror

    taken = mirror.take_in(context, mirror.side_branches(context, branches))  # before a part leaves the spool
    trees = {found[0] for found in ids(context.where.root, [f"{tip}:{LIVE}" for tip in tips]).values()}
    for part in carried(context, sorted(trees)):
        kept.keep(context.layout, part)
    from gitml.ops.riding import returns

    verdicts = returns.bring_back(context, tips, sorted(trees), held if isinstance(held, dict) else {})
    mirror.let_go(context, taken)  # after what they lost came back
    kept.expire(context.layout, context.config.get("keep_sealed_days"), time.time())
    return verdicts, not taken.left


def carried(context: "Context", trees: "list[str]") -> "list[Part]":
    """This work tree's closed parts that one of the ``live`` trees holds whole, byte for byte."""
    waiting = [part for part in spool.parts(context.layout) if not part.open]
    if not waiting or not trees:
        return []
    named = [f"{tree}:{part.name}" for tree in trees for part in waiting]
    there = [name.split(":") for name in ids(context.where.root, named)]
    return [part for part in waiting if _holds(context, [tree for tree, name in there if name == part.name], part)]


def _holds(context: "Context", trees: "list[str]", part: "Part") -> bool:
    """Whether one of the trees, which have a part of that name, has just these bytes. Only such parts are read."""
    streams = part.streams() if trees else []
    asked = [f"{tree}:{part.name}/{stream}.jsonl" for tree in trees for stream in streams]
    found = {name: object_id for name, (object_id, _) in ids(context.where.root, asked).items()}
    blobs = {stream: blob_id(read_bytes(part.file(stream)), len(trees[0])) for stream in streams}
    return any(
        all(found.get(f"{tree}:{part.name}/{stream}.jsonl") == blob for stream, blob in blobs.items()) for tree in trees
    )


def _state(context: "Context") -> "dict[str, Any]":
    try:
        state = json.loads(read_bytes(os.path.join(context.layout.local, STATE)))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _save(context: "Context", state: "dict[str, Any]") -> None:
    if state != _state(context):
        write_atomic(os.path.join(context.layout.local, STATE), seal_state(state).data, 0o600)
