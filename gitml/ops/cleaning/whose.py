"""Whose a work tree is. An agent's is one that lies where agents make theirs, or that one of them worked in: a session
recorded here, or one of the registry, had its working folder there. A person's own is nobody's to clean away.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.agents.base import Source
from gitml.git import worktrees
from gitml.ops.cleaning.folders import innermost
from gitml.ops.registry.roster import roster
from gitml.store import cursors

if TYPE_CHECKING:
    from gitml.ops.context import Context

MADE_IN = tuple(f"/.{agent}/worktrees/" for agent in ("claude", "codex", "cursor", "gemini"))
"""Claude Code and Gemini CLI: in the repository. Codex and Cursor: in the home folder."""


def is_made_by_an_agent(root: str) -> bool:
    """Whether a work tree lies where agents make theirs."""
    return any(made in f"{root}/" for made in MADE_IN)


class Whose:
    """Asked for one work tree after the other; what is dear to find out is found out once, if it comes to that."""

    def __init__(self, context: Context, now: float) -> None:
        self._context = context
        self._now = now

    def is_agents(self, root: str) -> bool:
        """Whether the work tree at ``root`` is an agent's."""
        return is_made_by_an_agent(root) or root in self._registered or root in self._recorded

    @cached_property
    def _tops(self) -> list[str]:
        return worktrees.roots(self._context.where)

    @cached_property
    def _registered(self) -> set[str]:
        """The work trees of agents that have, or had, a number; whoever took one by hand is no agent."""
        holders = [one for one in roster(self._context, self._now).holders if one.agent or one.session_id]
        return self._innermost(path for one in holders for path in (one.worktree, one.cwd))

    @cached_property
    def _recorded(self) -> set[str]:
        """The work trees that recorded sessions worked in. Every cursor is read for that, once."""
        every = cursors.each(self._context.layout)
        return self._innermost(cwd for agent, session_id, cursor in every for cwd in _cwds(agent, session_id, cursor))

    def _innermost(self, paths: Iterable[str]) -> set[str]:
        return {innermost(path, self._tops) for path in paths} - {""}


def _cwds(agent: str, session_id: str, cursor: dict[str, Any]) -> list[str]:
    """Where a session worked: as its cursor says, else as its transcript does."""
    try:
        noted, path = cursor["derive"].get("main", {}).get("cwd"), cursor["main"]["path"]
        return [str(noted)] if noted else registry.adapter(agent).cwds(Source(agent, session_id, str(path), []))
    except Exception:  # a cursor that is damaged, or of an adapter of another package
        return []
