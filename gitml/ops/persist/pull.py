"""``gitml pull``: the side branches of a remote, fetched and folded in."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitml.errors import NothingHere
from gitml.git import head, refs, sending
from gitml.git.asked import Settings, settings
from gitml.git.run import GitFailed
from gitml.ops.persist import mirror
from gitml.ops.persist.sidenames import HEADS, REMOTES, Template, first_fit, readable
from gitml.ops.riding.settle import settle

if TYPE_CHECKING:
    from gitml.ops.context import Context

SECONDS = 600.0
"""For all of it: a person waits and can interrupt."""


@dataclass(slots=True)
class Pulled:
    """What came: the ``remote`` asked ("" where there is none), the side ``branches`` known now {name: commit} (a
    remote's begin with its name), how many ``files`` are new, and ``missing`` blobs that could not be fetched."""

    remote: str
    branches: dict[str, str] = field(default_factory=dict)
    files: int = 0
    missing: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Keys: remote branches files missing."""
        return {"remote": self.remote, "branches": self.branches, "files": self.files, "missing": self.missing}


def pull(context: Context, remote: str | None = None, prune: bool = False, *, unattended: bool = False) -> Pulled:
    """Fetch the side branches of ``remote`` (the one that is pushed to) and make what they hold readable here.

    The refspec is named, so a single-branch clone gets them too; in a shallow clone their last commits come, which hold
    everything. ``prune``: what the remote no longer has is forgotten here, too. ``unattended``: nobody is there whom
    ssh could ask for a passphrase. Raises NothingHere for a remote that is none, GitFailed where it cannot be reached,
    BadUsage, Busy, OSError.
    """
    known = settings(context.where.root)
    asked = _remote(context, known, remote)
    if asked:
        _fetch(context, asked, prune, known if unattended else None)
    done = _fold_in(context, asked)
    settle(context)
    return done


def _remote(context: Context, known: Settings, named: str | None) -> str:
    if named is None:
        return known.remote_for(head.worked_on(context.where.git_dir))
    if named not in known.remotes():
        there = ", ".join(known.remotes()) or "none"
        raise NothingHere(f"no remote `{named}`; there are: {there}", where=context.where.root, hint="git remote -v")
    return named


def _fetch(context: Context, remote: str, prune: bool, known: Settings | None) -> None:
    where, names, deadline = context.where, readable(context), time.monotonic() + SECONDS
    specs = list(dict.fromkeys(one.refspec(remote) for one in names))
    try:
        sending.fetch(where.root, where.common_dir, remote, specs, SECONDS, prune, known)
    except GitFailed:
        # What the remote had once may stand where it has another branch now: git keeps no `a` beside `a/b`.
        specs = _beside(context, names, remote, deadline, known)
        if not specs:
            raise
        sending.fetch(where.root, where.common_dir, remote, specs, max(1.0, deadline - time.monotonic()), known=known)


def _beside(context: Context, names: list[Template], remote: str, deadline: float, known: Settings | None) -> list[str]:
    """Refspecs that put each side branch where it fits beside those known here. Raises GitFailed."""
    there = sending.heads(context.where.root, remote, max(1.0, deadline - time.monotonic()), known)
    kind = f"{REMOTES}{remote}/"
    taken = [ref[len(kind) :] for ref in refs.branches(context.where.root) if ref.startswith(kind)]
    specs = []
    for name in sorted(there):
        made = next((one for one in names if one.branch(name)), None)
        fit = first_fit([name, made.candidates(made.branch(name))[1]], taken) if made else ""
        if fit:
            taken.append(fit)
            specs.append(f"+{HEADS}{name}:{kind}{fit}")
    return specs


def _fold_in(context: Context, remote: str) -> Pulled:
    """Make files of all side branches. A partial clone fetches the blobs it left out."""
    sides = mirror.side_branches(context, refs.branches(context.where.root))
    taken = mirror.take_in(context, sides, most=None)
    new = taken.new
    if taken.missing and remote:
        sending.fetch_blobs(context.where.root, remote, taken.missing, SECONDS)
        taken = mirror.take_in(context, sides, most=None)
        new += taken.new
    shown = {ref.removeprefix(HEADS).removeprefix(REMOTES): commit for ref, commit in sides.items()}
    return Pulled(remote, shown, new, len(taken.missing))
