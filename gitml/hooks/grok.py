"""What Grok CLI calls. As docs.x.ai/build/features/hooks has it, and as Grok 1.0.41 calls.

Its payload has Claude Code's names beside its own, and it runs Claude Code's hook files as well as its own: the
variable ``GROK_SESSION_ID`` tells. A message stands in its log in pieces, so its words are not waited for.
"""

import os

from gitml.hooks.call import END, EVENTS, STOP, Call, has_own, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OWN, MARK = ".grok/hooks/gitml.json", b"gitml hook grok"

SECONDS = 3.0
"""At a session's end, as Gemini CLI's: the terminal may be closed."""

SHUTDOWN = "shutdown"
"""Why a last Stop is called, after SessionEnd."""


def calls(payload: "dict[str, Any]") -> bool:
    """Whether it is Grok that runs this process with this payload."""
    return os.environ.get("GROK_SESSION_ID", "") == text(payload, "session_id") != ""


def heard(payload: "dict[str, Any]") -> "Call | None":
    """The call; None for an event that is none of gitml's business."""
    event = text(payload, "hook_event_name")
    if event not in EVENTS or (event == STOP and text(payload, "reason") == SHUTDOWN):
        return None
    call = Call("grok", event, payload)
    call.home = text(payload, "workspaceRoot") or call.folder
    call.seconds = SECONDS if event == END else 0.0
    return call


def through_another(payload: "dict[str, Any]") -> "Call | None":
    """The same, called by what stands in another agent's file. None where Grok has hooks of gitml's own as well."""
    call = heard(payload)
    return None if call is None or has_own(call.home, OWN, MARK) else call
