"""A session's first transition: when gitml first took it in. The hook path imports this once a session."""

import time

from gitml.model.times import of_epoch
from gitml.ops.lifecycle.stages import automatic, automatic_id
from gitml.ops.record.known import has_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.model.sealed import Sealed
    from gitml.redact.gate import Gate
    from gitml.store.layout import Layout


def begun(layout: "Layout", gate: "Gate", session_id: str) -> "list[Sealed]":
    """The transition to raw, unless the store has it: a clone whose local state is empty reads sessions anew."""
    if has_id(layout, "lifecycle", automatic_id(session_id, "raw")):
        return []
    return [gate.seal("lifecycle", automatic(session_id, None, "raw", of_epoch(time.time())))]
