"""``gitml push``: what hooks do after a turn, now and to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitml.config import OWN_COMMITS, SIDE_BRANCH
from gitml.git import head
from gitml.git.asked import settings
from gitml.ops.persist import delivery, side
from gitml.ops.persist.way import way_of

if TYPE_CHECKING:
    from gitml.ops.context import Context

SECONDS = 600.0
"""For all pushes together: a person waits and can interrupt."""


@dataclass(slots=True)
class Pushed:
    """``way`` in force, ``parts`` that left the spool, side ``branches`` the remote has now, and why not:
    ``failed`` {side branch: reason}."""

    way: str
    parts: int = 0
    branches: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Keys: way parts branches failed."""
        return {"way": self.way, "parts": self.parts, "branches": self.branches, "failed": self.failed}


def push(context: Context) -> Pushed:
    """Take what waits into history by the way in force, and every side branch to its remote, whatever the way.

    With ``with-commits`` nothing is committed. Raises Busy, GitFailed, BadUsage, OSError, GitmlError.
    """
    done = Pushed(way_of(context).name)
    if done.way == SIDE_BRANCH:
        while recorded := side.record(context):
            done.parts += recorded
    elif done.way == OWN_COMMITS:
        _own(context, done)
    waiting = [one.name for one in delivery.unsent(context, settings(context.where.root))]
    done.failed |= delivery.in_turn(context, SECONDS) if waiting else {}
    done.branches += [name for name in waiting if name not in done.failed]
    return done


def _own(context: Context, done: Pushed) -> None:
    from gitml.ops.persist.deliver import deliver
    from gitml.ops.persist.state import DELIVERED, WAITS

    branch = head.branch(context.where.git_dir) or "HEAD"
    outcome = deliver(context, SECONDS)
    done.parts = outcome.parts
    if outcome.did == WAITS:
        done.failed[branch] = outcome.why
    elif outcome.did == DELIVERED:
        done.branches.append(branch)
