"""How side branches stand, for ``gitml status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.config import SIDE_BRANCH
from gitml.errors import GitmlError
from gitml.git import refs
from gitml.git.asked import settings
from gitml.git.run import run
from gitml.ops.persist import delivery, mirror, side
from gitml.ops.persist.sidenames import REMOTES
from gitml.ops.riding.journal import LIVE

if TYPE_CHECKING:
    from gitml.ops.context import Context


def standing(context: Context) -> dict[str, Any] | None:
    """Keys: ``branch`` this work tree's records go to (None where none can be made), ``remote`` ("" for none),
    ``unpushed`` parts on all local side branches, ``error`` (what keeps them here, or None). None with another way and
    nothing unpushed."""
    in_force = context.config.way() == SIDE_BRANCH
    try:
        known = settings(context.where.root)
        left = delivery.unsent(context, known)
        if not left and not in_force:
            return None
        there = side.place(context)
        unpushed = _parts(context, [one.tip for one in left]) if left else 0
        return {"branch": there.name, "remote": there.remote, "unpushed": unpushed, "error": _error(context)}
    except GitmlError as error:
        told = f"{error} · {error.hint}" if error.hint else str(error)
        return {"branch": None, "remote": "", "unpushed": 0, "error": told} if in_force else None


def _error(context: Context) -> str | None:
    """Of the last try; one that a later try mended is gone."""
    return next((one["error"] for one in delivery.trouble(context).values()), None)


def _parts(context: Context, tips: list[str]) -> int:
    """Parts of local side branches that are on none of the remotes' ones."""
    sides = mirror.side_branches(context, refs.branches(context.where.root))
    there = {commit for ref, commit in sides.items() if ref.startswith(REMOTES)}
    return len(_listed(context, tips) - _listed(context, sorted(there)))


def _listed(context: Context, commits: list[str]) -> set[bytes]:
    found: set[bytes] = set()
    for commit in commits:
        out = run(context.where.root, "ls-tree", "-r", "--name-only", "-z", commit, "--", LIVE).out
        found.update(name.rpartition(b"/")[0] for name in out.split(b"\0")[:-1])
    return found
