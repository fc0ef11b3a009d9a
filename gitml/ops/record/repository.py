"""What a session's records say of the repository they were made in."""

import os

from gitml.derive.settings import Settings
from gitml.git import where as locations
from gitml.git import worktrees
from gitml.git.remote import repo_name
from gitml.ops.record.domains import domain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context


def settings_of(context: "Context", adapter: "Adapter", source: "Source", clean: "Callable[[str], str]") -> Settings:
    """What derivation needs to know of a session; ``clean`` is its gate."""
    cwds = adapter.cwds(source, worktrees.roots(context.where))
    repo = repository_of(cwds[0] if cwds else context.where.root, context)
    return Settings(
        repo=repo,
        domain=domain_of(repo, context.config.get("domains")),
        roots=tuple(worktrees.roots(context.where)),
        max_text_bytes=context.config.get("record.max_text_bytes"),
        clean=clean,
    )


def repository_of(cwd: str, context: "Context") -> str:
    """The name of the repository a working folder belongs to: its remote's, or, where the folder is not on this
    machine, the folder's own (work trees kept below a repository count as that repository)."""
    where = context.where
    found = locations.find(cwd) if os.path.isdir(cwd) else None
    if found is not None:
        return repo_name(found.common_dir, found.root)
    if any(cwd == root or cwd.startswith(f"{root}/") for root in worktrees.roots(where)):
        return repo_name(where.common_dir, where.root)
    for nested in ("/.claude/worktrees/", "/.worktrees/"):
        cwd = cwd.partition(nested)[0]
    return os.path.basename(cwd.replace("\\", "/").rstrip("/"))
