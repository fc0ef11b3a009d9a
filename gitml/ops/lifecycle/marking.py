"""Moving a session to a stage by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.errors import BadUsage
from gitml.git.run import run
from gitml.model.times import of_epoch
from gitml.ops.lifecycle.stages import STAGES, by_hand, check, rank
from gitml.ops.lifecycle.standing import Standing, standings
from gitml.ops.redacting.gates import gate_of
from gitml.store import spool

if TYPE_CHECKING:
    from gitml.ops.context import Context

Record = dict[str, Any]
NOTES = 2000
"""Characters. What an insight is about, not the insight."""


def plan(
    context: Context, session_id: str, stage: str, now: float, *, notes: str = "", force: bool = False, by: str = ""
) -> Record | None:
    """The transition that is needed; None where the session is at that stage already and there is nothing to note.

    ``now`` in seconds since 1970. Raises BadUsage for a word that is no stage, notes that are too long, and a step that
    skips a stage or goes back without ``force``.
    """
    to = rank(check(stage))
    before = standings(context).get(session_id, Standing()).stage
    if len(notes) > NOTES:
        raise BadUsage(f"notes of {len(notes)} characters; {NOTES} are the most")
    if stage == before and not notes:
        return None
    odd = to < rank(before) or to > rank(before) + 1
    if odd and not force:
        raise BadUsage(_why(before, stage), hint=f"gitml lifecycle mark {session_id} {stage} --force")
    return by_hand(session_id, before, stage, of_epoch(now), by or who(context.where.root), notes, odd)


def apply(context: Context, record: Record) -> None:
    """Write it. Raises Busy, OSError, EngineFailed."""
    spool.append(context.layout, [gate_of(context).seal("lifecycle", record)])


def who(root: str) -> str:
    """The agent whose shell this is, else git's user.name, else "unknown"."""
    if agent := registry.shell_of(os.environ):
        return agent
    named = run(root, "config", "user.name", check=False).out.decode("utf-8", "replace").strip()
    return named or "unknown"


def _why(before: str, stage: str) -> str:
    if rank(stage) < rank(before):
        return f"it is {before}, and {stage} would be a step back"
    return f"it is {before}; {STAGES[rank(before) + 1]} comes before {stage}"
