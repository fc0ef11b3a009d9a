"""The ways to persist as the demonstration shows them: what machine each is for, and from when on a turn is kept."""

from __future__ import annotations

from dataclasses import dataclass

from gitml.config import OWN_COMMITS, SIDE_BRANCH, WITH_COMMITS


@dataclass(frozen=True)
class Way:
    """``init``: how the store is set up. ``cloud``: on a machine that says of itself that it is thrown away.
    ``branch``: where the agent works. ``kept``: from when on a turn outlives the machine."""

    name: str
    title: str
    kept: str
    init: str = "gitml init"
    cloud: bool = False
    branch: str = "main"


WAYS = {
    WITH_COMMITS: Way(
        WITH_COMMITS, "Records ride along with the next ordinary commit", "the commit that carries it is pushed"
    ),
    OWN_COMMITS: Way(
        OWN_COMMITS,
        "A machine that is thrown away: each turn is committed and pushed by its hook",
        "its Stop hook has returned",
        cloud=True,
        branch="work",
    ),
    SIDE_BRANCH: Way(
        SIDE_BRANCH,
        "Records go to a branch beside yours",
        "the push behind the hook is done",
        init=f"gitml init --persist {SIDE_BRANCH}",
    ),
}
"""By name, in the order they are shown in."""
