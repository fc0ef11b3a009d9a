"""Sub-agents: all batches of a session in one record (``batches``, ``parent_session_id``), or one batch a record.

One record stays one, so that it is found by its id. Each agent of several batches says in which it ran, and what a
batch says besides its agents is carried along.
"""

from __future__ import annotations

from typing import Any

from gitml.ops.migrating.shape.old import Old, Record

TIMES = ("timestamp", "started_at", "extracted_at", "created_at")


def shape(old: Old) -> Record:
    """The record without what every stream has."""
    batches = old.left.get("batches")
    batches = [batch for batch in batches if isinstance(batch, dict)] if isinstance(batches, list) else []
    agents = [agent for number, batch in enumerate(batches) for agent in _of_batch(batch, number)]
    if batches:
        old.left["batches"] = [{key: value for key, value in one.items() if key != "agents"} for one in batches]
    own = old.left.get("agents", old.left.get("sub_agents"))
    if isinstance(own, list):
        agents += [_agent(agent) for agent in own]
        old.left.pop("agents" if "agents" in old.left else "sub_agents")
    return {
        "session_id": old.text("session_id", "parent_session_id") or "",
        "execution": _execution(old, batches),
        "agents": agents,
        "depth": old.number("depth") or 1,
    }


def _execution(old: Old, batches: list[Record]) -> str:
    """Parallel where any of it was."""
    said = [old.look("execution", "execution_type"), *(one.get("execution_type") for one in batches)]
    return "parallel" if "parallel" in said else "sequential"


def _of_batch(batch: Record, number: int) -> list[Record]:
    agents = batch.get("agents")
    return [{**_agent(agent), "batch": number} for agent in agents] if isinstance(agents, list) else []


def _agent(value: Any) -> Record:
    if not isinstance(value, dict):
        return {"id": value if isinstance(value, str) else None, "as_given": value}
    rest = Old(value)
    failed = rest.truth("has_error")
    made: Record = {
        "id": rest.text("id", "agent_id"),
        "type": rest.text("type", "agent_type", "subagent_type"),
        "model": rest.text("model"),
        "tools": rest.number("tools", "tool_count"),
        "tokens": rest.number("tokens"),
        "duration_ms": rest.number("duration_ms"),
        "ok": not failed if failed is not None else rest.truth("ok", "success"),
    }
    return {**made, **{key: one for key, one in rest.left.items() if key not in made}}
