"""What hooks tell the registry. A sign costs microseconds; all else is imported where it is needed. Never raises."""

from gitml.errors import Busy
from gitml.ops import hooklog
from gitml.store import heartbeats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context

START, END = "SessionStart", "SessionEnd"

LOCK_SECONDS = 0.5
"""Another gitml that holds the lock longer is compacting or importing: the session registers with its next turn."""


def seen(context: "Context", agent: str, session_id: str, event: str, cwd: str = "", role: str = "") -> None:
    """A hook of that session ran: it is alive. ``role``: what the agent is called, where it says so."""
    try:
        name = heartbeats.name_of(agent, session_id)
        if event in (START, END) or not heartbeats.beat(context.layout, name):
            _changed(context, agent, session_id, event, cwd, role)
    except Busy:  # the next turn registers
        return
    except Exception as error:  # recording comes first
        _told(error, agent, event)


def _changed(context: "Context", agent: str, session_id: str, event: str, cwd: str, role: str) -> None:
    """The first sign, the last one, or the first in another work tree."""
    from gitml.ops.registry import register
    from gitml.ops.registry.caller import is_session_id, session_of

    if not is_session_id(session_id):
        return
    by = f"gitml hook {agent} ({event})"
    caller = session_of(agent, session_id)
    if event == END:
        register.end(context, caller, by, timeout=LOCK_SECONDS)
        return
    register.register(context, caller, register.Asked(by, cwd, otherwise=role), LOCK_SECONDS)


def _told(error: Exception, agent: str, event: str) -> None:
    """A line in the local log, if that can be written."""
    try:
        hooklog.failed(error, [agent, event])
    except Exception:
        return
