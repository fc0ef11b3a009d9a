"""Whose session it is: the repository in which its records belong. The hook path imports this."""

import os

from gitml.git import where as locations
from gitml.git import worktrees
from gitml.ops.record.worked_in import worked_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context


def folders(context: "Context", adapter: "Adapter", source: "Source") -> "list[str]":
    """The working folders of a session; the repository's own work trees are what a hash of one is held against."""
    return adapter.cwds(source, worktrees.roots(context.where))


def belongs(context: "Context", cwds: "list[str]", transcript: str) -> bool:
    """Whether a session is this repository's: the first of its working folders that lies in any repository lies in
    this one. A session that began elsewhere and only passed through is not ours to publish. One that began in no
    repository at all belongs to the one it works in.
    """
    ours = worktrees.roots(context.where)
    for cwd in cwds:
        found = locations.find(cwd)
        if any(cwd == root or cwd.startswith(f"{root}/") for root in ours):
            return found is None or found.common_dir == context.where.common_dir  # not one nested in ours
        if found is not None:
            return found.common_dir == context.where.common_dir
    found = locations.find(worked_in(transcript) or os.sep)
    return found is not None and found.common_dir == context.where.common_dir
