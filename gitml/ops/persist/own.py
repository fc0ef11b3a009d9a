"""``own-commits``: after a turn what waits becomes a commit of gitml's own, is pushed, and the branch follows.

The work is done by a process of its own, which the hook waits for while its budget lasts. Whatever ends the hook, a
timeout of the agent's or a closed terminal, the work goes on; and what is cut off, the next hook finishes.
"""

import time

from gitml.ops import hooklog
from gitml.ops.beside import beside
from gitml.ops.persist import patience

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context

LONGEST = 120.0
"""Seconds the process behind the hook may take, waiting for another one included."""


def own_commits(context: "Context", started: float) -> None:
    """Deliver what waits. ``started``: when the hook began, by the monotonic clock. Raises OSError."""
    if not beside(lambda: _work(context), patience.deadline(context, started)):
        patience.in_vain(context.layout)


def _work(context: "Context") -> None:
    from gitml.ops.persist.deliver import deliver
    from gitml.ops.persist.state import DELIVERED, WAITS

    started = time.monotonic()
    try:
        did = deliver(context, LONGEST).did
        if did == DELIVERED:
            patience.answered(context.layout)
        elif did == WAITS and time.monotonic() - started > context.config.get("hook_budget_ms") / 2000:
            patience.in_vain(context.layout)
    except Exception as error:
        hooklog.failed(error, ["claude", "own-commits"])
