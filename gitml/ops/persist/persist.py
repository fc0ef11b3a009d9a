"""After a turn: what waits in the spool goes into history by the way in force. The hook path imports this."""

from gitml.config import OWN_COMMITS, SIDE_BRANCH
from gitml.ops.persist.way import way_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context

EVENTS = ("Stop", "SubagentStop", "PreCompact", "SessionEnd")
"""The events after which records may be the last that this machine sees."""


def persist(context: "Context", event: str, started: float) -> None:
    """Take the waiting parts to where they outlive this machine. ``started``: when the hook began (monotonic clock).

    Raises what the way raises; the caller swallows it.
    """
    if event not in EVENTS:
        return
    way = way_of(context).name
    if way == SIDE_BRANCH:
        from gitml.ops.persist import side

        side.after_turn(context, started)
    elif way == OWN_COMMITS:
        from gitml.ops.persist.own import own_commits

        own_commits(context, started)
