"""What Gemini CLI calls. Payloads, output and environment as in its docs/hooks/reference.md and hookRunner.ts (0.61).

Its time-outs are in milliseconds; it parses all that a hook prints as JSON, so that nothing is the best thing to print;
it does not wait for SessionEnd. A turn is in its file when AfterAgent is called, and ``prompt_response`` (client.ts)
is not how it stands there: the pieces of the stream with spaces between them. It sets ``CLAUDE_PROJECT_DIR``, too, to
the folder that ``cwd`` names.
"""

from gitml.hooks.call import END, PROMPT, START, STOP, WRAPPED, Call, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EVENTS = {
    "SessionStart": START,
    "BeforeAgent": PROMPT,
    "AfterAgent": STOP,
    "AfterTool": PROMPT,
    "PreCompress": PROMPT,
    "SessionEnd": END,
}
"""Its events, and ours. After a tool there is something to read, and nothing yet to take to a remote. ``init`` does not
register AfterTool: the turn would wait for it at every call, and the turn's end brings the same. PreCompress was seen
at the start of every turn, whether or not anything is compressed, so it is no end of one."""

SECONDS = 3.0
"""At a session's end: the process that called may be gone before that, and what it called with it."""


def heard(payload: "dict[str, Any]") -> "Call | None":
    """The call; None for an event that is none of gitml's business."""
    event = EVENTS.get(text(payload, "hook_event_name"), "")
    if not event:
        return None
    call = Call("gemini", event, payload)
    call.seconds = SECONDS if event == END else 0.0
    call.context = WRAPPED
    return call
