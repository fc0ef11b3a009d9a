"""Whose session it is: the repository in which its records belong. The hook path imports this."""

import os

from gitml.git import where as locations
from gitml.git import worktrees
from gitml.ops.record.worked_in import worked_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

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
    return Belonging(context).ours(cwds, lambda: worked_in(transcript))


class Belonging:
    """The same, asked of many sessions: what holds for all of them is found out once."""

    __slots__ = ("_common_dirs", "_ours", "_roots")

    def __init__(self, context: "Context") -> None:
        self._ours = context.where.common_dir
        self._roots = worktrees.roots(context.where)
        self._common_dirs: dict[str, str] = {}

    def ours(self, cwds: "list[str]", worked_in: "Callable[[], str]") -> bool:
        """As ``belongs``; ``worked_in`` gives the folder a session works in, "" where it names none."""
        for cwd in cwds:
            found = self._common_dir(cwd)
            if any(cwd == root or cwd.startswith(f"{root}/") for root in self._roots):
                return found in ("", self._ours)  # not one nested in ours
            if found:
                return found == self._ours
        return self._common_dir(worked_in() or os.sep) == self._ours

    def _common_dir(self, folder: str) -> str:
        """Of the repository that a folder lies in; "" where it lies in none."""
        if folder not in self._common_dirs:
            found = locations.find(folder)
            self._common_dirs[folder] = found.common_dir if found is not None else ""
        return self._common_dirs[folder]
