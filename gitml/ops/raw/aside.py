"""Capturing beside the work: at the end of a session, and of all others when one starts. The hook path imports this."""

import os
import time

from gitml.errors import GitmlError
from gitml.ops import hooklog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context

DAY = 86_400.0
KINDNESS = 10
"""How much later than other processes this one gets its turn: nobody waits for it."""


def capture_aside(context: "Context", adapter: "Adapter", source: "Source") -> None:
    """Capture the session in a process of its own; returns at once."""
    from gitml.git.process import detach

    if context.config.get("raw.enabled"):
        detach(lambda: _one(context, adapter, source))


def capture_others(context: "Context", running: str, deadline: float) -> None:
    """Capture every session read here that went on since, but the ``running`` one, until ``deadline``
    (``time.monotonic`` seconds); then take away what killed captures left. Raises nothing."""
    from gitml.ops.raw.capture import wanted
    from gitml.ops.raw.every import capture_all
    from gitml.ops.raw.known import behind

    try:
        if not wanted(context):
            return
        os.nice(KINDNESS)
        waiting = (found for found in behind(context, running) if time.monotonic() < deadline)
        for error in capture_all(context, waiting, timeout=0).errors:
            hooklog.failed(GitmlError(error), ["capture"])
        _sweep(context)
    except Exception as error:  # nobody reads what a process beside the work raises
        hooklog.failed(error, ["capture"])


def mend_aside(context: "Context") -> None:
    """Take what was forgotten out of raw copies, in a process of its own; returns at once."""
    from gitml.git.process import detach
    from gitml.store.raw import stale

    if stale.due(context.layout):
        detach(lambda: _mend(context))


def _mend(context: "Context") -> None:
    from gitml.ops.raw.every import mend
    from gitml.store.raw import stale

    try:
        stale.tried(context.layout)
        for error in mend(context).errors:
            hooklog.failed(GitmlError(error), ["capture"])
    except Exception as error:  # as above
        hooklog.failed(error, ["capture"])


def _sweep(context: "Context") -> None:
    """Once a day: it reads every manifest."""
    from gitml.store.raw import kept

    mark = os.path.join(context.layout.raw, "swept")
    if os.path.isdir(context.layout.raw) and (not os.path.exists(mark) or time.time() - os.path.getmtime(mark) > DAY):
        kept.sweep(context.layout)
        hooklog.touch(mark)


def _one(context: "Context", adapter: "Adapter", source: "Source") -> None:
    from gitml.ops.raw.capture import capture, wanted

    try:
        if wanted(context):
            os.nice(KINDNESS)
            capture(context, adapter, source.agent, source.session_id, source)
    except Exception as error:  # as above
        hooklog.failed(error, ["capture"])
