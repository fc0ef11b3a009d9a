"""How far a repository's records have come: ``[milestones]`` in the config, a goal a stream."""

from __future__ import annotations

from typing import Any


class Milestone:
    """``stream``, how many records it has (``reached``), and the ``goal``."""

    __slots__ = ("goal", "reached", "stream")

    def __init__(self, stream: str, reached: int, goal: int) -> None:
        self.stream = stream
        self.reached = reached
        self.goal = goal

    @property
    def share(self) -> float:
        """Between 0 and 1; more than the goal is still all of it."""
        return min(1.0, self.reached / self.goal)

    def to_dict(self) -> dict[str, Any]:
        """Keys: stream reached goal missing share."""
        missing = max(0, self.goal - self.reached)
        share = round(self.share, 4)
        return {"stream": self.stream, "reached": self.reached, "goal": self.goal, "missing": missing, "share": share}


def milestones(goals: dict[str, Any], counts: dict[str, int]) -> list[Milestone]:
    """The milestones of a config, in its order. A goal of 0 or less, or of no number, switches that one off."""
    return [
        Milestone(stream, counts.get(stream, 0), goal)
        for stream, goal in goals.items()
        if isinstance(goal, int) and not isinstance(goal, bool) and goal > 0
    ]
