"""What Cursor calls. Payloads as in cursor.com/docs/hooks and as its command line was seen to send them.

gitml reads no transcripts of Cursor. What its hooks are for is git's side: commits become records, what waits goes the
way in force at the end of a turn, and a fresh clone is set up at the first start.
"""

from gitml.hooks import grok
from gitml.hooks.call import COMPACT, END, PROMPT, START, STOP, SUBAGENT, Call, folder, has_own, text
from gitml.hooks.call import EVENTS as OURS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EVENTS = {
    "sessionStart": START,
    "beforeSubmitPrompt": PROMPT,
    "afterAgentResponse": STOP,
    "stop": STOP,
    "subagentStop": SUBAGENT,
    "preCompact": COMPACT,
    "sessionEnd": END,
}

OWN, MARK = ".cursor/hooks.json", b"gitml hook cursor"


def heard(payload: "dict[str, Any]") -> "Call | None":
    """The call; None for an event that is none of gitml's business. Grok CLI reads Cursor's file as well."""
    if grok.calls(payload):
        return grok.through_another(payload)
    named = text(payload, "hook_event_name")
    event = EVENTS.get(named) or (named if named in OURS else "")
    if not event:
        return None
    call = Call("cursor", event, payload)
    call.session_id = text(payload, "conversation_id") or call.session_id
    call.home = folder("CURSOR_PROJECT_DIR") or _first(payload.get("workspace_roots")) or call.folder
    call.folder = call.folder or call.home
    call.transcript = ""
    call.recorded = False
    return call


def through_claude(payload: "dict[str, Any]") -> "Call | None":
    """The same, called by what stands in Claude Code's settings, which Cursor runs as well. None where Cursor has hooks
    of gitml's own: those are called at the same moment."""
    call = heard(payload)
    return None if call is None or has_own(call.home, OWN, MARK) else call


def _first(roots: object) -> str:
    """A workspace may have several folders; sessions are counted to the first."""
    return roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
