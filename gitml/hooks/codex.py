"""What Codex CLI calls. Payloads and limits as in developers.openai.com/codex/hooks and as Codex 0.169 sends them.

Much like Claude Code's, but ``transcript_path`` may be null, and SessionEnd and Interrupt are killed after 3 seconds.
"""

from gitml.hooks.call import END, EVENTS, STOP, WRAPPED, Call, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INTERRUPT = "Interrupt"
"""A turn that a person cut off: nothing more will be said in it."""

SECONDS = 3.0
"""What Codex clamps the time-outs of SessionEnd and Interrupt to, whatever hooks.json says."""


def heard(payload: "dict[str, Any]") -> "Call | None":
    """The call; None for an event that is none of gitml's business."""
    named = text(payload, "hook_event_name")
    event = STOP if named == INTERRUPT else named
    if event not in EVENTS:
        return None
    call = Call("codex", event, payload)
    call.answer = payload.get("last_assistant_message") if named == STOP else ""
    call.seconds = SECONDS if named in (INTERRUPT, END) else 0.0
    call.context = WRAPPED
    return call
