"""What Claude Code calls: one command for every event, told apart by ``hook_event_name``.

Others call it, too: Cursor runs what stands in Claude Code's settings (cursor.com/docs/reference/third-party-hooks),
so does Grok CLI, Gemini CLI copies it (``gemini hooks migrate``), Codex takes Claude Code's plugins. Their sessions are
theirs.
"""

import os

from gitml.hooks.call import EVENTS, PLAIN, START, STOP, Call, folder, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def heard(payload: "dict[str, Any]") -> "Call | None":
    """The call; None for an event that is none of gitml's business."""
    if "cursor_version" in payload:
        from gitml.hooks import cursor

        return cursor.through_claude(payload)
    if os.environ.get("GROK_SESSION_ID"):
        from gitml.hooks import grok

        if grok.calls(payload):
            return grok.through_another(payload)
    if os.environ.get("GEMINI_SESSION_ID", "") == text(payload, "session_id") != "":
        from gitml.hooks import gemini

        return gemini.heard(payload)
    if os.path.basename(text(payload, "transcript_path")).startswith("rollout-"):
        from gitml.hooks import codex

        return codex.heard(payload)
    event = text(payload, "hook_event_name")
    if event not in EVENTS:
        return None
    call = Call("claude", event, payload)
    call.home = folder("CLAUDE_PROJECT_DIR") or call.folder
    call.answer = payload.get("last_assistant_message") if event == STOP else ""
    call.context = PLAIN
    call.role = text(payload, "agent_type") if event == START else ""
    return call
