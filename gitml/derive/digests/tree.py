"""The sub-agents of a session, as a tree written flat: each below the last one of a smaller depth."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

Record = dict[str, Any]
DEEPEST = 32
"""Below that a tree is no tree: records from outside may name each other in a circle."""


def tree(batches: list[Record], actions: list[Record]) -> list[Record]:
    """[{depth, type, model, tools, tokens, ok}] in the order they were started; depth 1 was started by the session."""
    parents = {str(action.get("id")): str(action.get("agent_id") or "") for action in actions}
    below: dict[str, list[Record]] = defaultdict(list)
    for batch in sorted(batches, key=lambda batch: (str(batch.get("timestamp")), str(batch.get("id")))):
        for agent in batch.get("agents") or ():
            if isinstance(agent, dict):
                below[parents.get(str(agent.get("tool_id")), "")].append(agent)
    found: list[Record] = []
    _walk(below, "", 1, found)
    return found


def _walk(below: dict[str, list[Record]], parent: str, depth: int, found: list[Record]) -> None:
    for agent in below.pop(parent, ()):
        plain = {key: agent.get(key) for key in ("type", "model", "tools", "tokens", "ok")}
        found.append({"depth": depth, **plain})
        if agent.get("id") and depth < DEEPEST:
            _walk(below, str(agent["id"]), depth + 1, found)
