"""A plan in words, and as an object for programs."""

from __future__ import annotations

import os

from gitml.ops.setup.plan import Move, Plan, Write


def lines(plan: Plan, root: str) -> list[str]:
    """One line a step, then the notes. Empty where nothing changes and there is nothing to say."""
    told = [_step(step, root) for step in plan.steps]
    if plan.stage:
        told.append(f"stage   {len(plan.stage)} {'file' if len(plan.stage) == 1 else 'files'}")
    return told + [f"note: {note}" for note in plan.notes]


def as_object(plan: Plan, root: str) -> dict[str, object]:
    """Keys: steps [{do, path, to, reason}], stage [path], notes."""
    steps = [
        {
            "do": step.verb,
            "path": _name(step.path, root),
            "to": _name(step.to, root) if isinstance(step, Move) else None,
            "reason": step.reason,
        }
        for step in plan.steps
    ]
    return {"changed": bool(plan.steps), "steps": steps, "stage": plan.stage, "notes": plan.notes}


def _step(step: Write | Move, root: str) -> str:
    to = f" -> {os.path.basename(step.to)}" if isinstance(step, Move) else ""
    return f"{step.verb:<7} {_name(step.path, root)}{to}  ({step.reason})"


def _name(path: str, root: str) -> str:
    """Relative where that is shorter to read."""
    relative = os.path.relpath(path, root)
    return path if relative.startswith("..") else relative
