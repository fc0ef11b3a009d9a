"""The kinds of steps a round is made of, and how often each is taken."""

from __future__ import annotations

from collections.abc import Callable

from soakmerges.world import Tree

Step = Callable[[Tree], "bool | None"]
"""Takes a step in a work tree. False: there was nothing to take it with, and another kind is chosen."""

STEPS: dict[str, tuple[Step, int]] = {}


def step(weight: int) -> Callable[[Step], Step]:
    """Register a kind of step. ``weight`` against all others' is how often it is chosen."""

    def register(function: Step) -> Step:
        STEPS[function.__name__] = (function, weight)
        return function

    return register
