"""What Claude Code calls: one command for every event, told apart by ``hook_event_name``."""

import json
import os
import time

from gitml.config import SIDE_BRANCH, WITH_COMMITS
from gitml.ops import hooklog, silence
from gitml.ops.context import open_at
from gitml.ops.record.answer import await_answer
from gitml.ops.record.ingest import sync_session
from gitml.ops.record.running import find_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.ops.context import Context

EVENTS = ("SessionStart", "UserPromptSubmit", "Stop", "SubagentStop", "PreCompact", "SessionEnd")
NOTED = ("commits.pending", "commits.taken", "forgetting.json", "raw/stale")
"""Files of the local state that say there is something to settle."""

MOST_INPUT = 16 * 1024 * 1024


def run(output: int, off: bool = False) -> None:
    """Handle one event from stdin. ``output`` is where context for the model would go; only asked-for context does.

    ``off``: this session is to stay out, now and when somebody syncs.
    """
    started = time.monotonic()
    payload = _payload()
    event = str(payload.get("hook_event_name", ""))
    if event not in EVENTS:
        return
    session_id = _text(payload, "session_id")
    found = find_session("claude", session_id, _text(payload, "transcript_path"))
    context = _context(payload, found[1].path if found else "")
    if context is None:
        return
    if off:
        silence.add_session(context.layout, session_id)
    if context.paused or context.taken_out:
        return
    _record(context, event, payload, found if context.config.reads("claude") else None)
    if context.config.way() != WITH_COMMITS:
        from gitml.ops.persist.persist import persist

        persist(context, event, started)
    if event == "SessionStart" and context.config.get("context.enabled"):
        _tell(context, payload, output)


def _record(context: "Context", event: str, payload: "dict[str, Any]", found: "tuple[Any, Any] | None") -> None:
    """What the session holds by now, and the commits made in it."""
    hooklog.ran(context.layout)
    if event == "SessionStart":
        _heal(context)
    if found is not None:
        adapter, source = found
        if event == "Stop":
            await_answer(source.path, payload.get("last_assistant_message"))
        sync_session(context, adapter, source)
    _git_side(context)
    if event == "SessionEnd" and found is not None:
        from gitml.ops.raw.aside import capture_aside

        capture_aside(context, *found)
    if event == "SessionStart":
        from gitml.ops.record.sweep import sweep_aside

        sweep_aside(context, _text(payload, "session_id"))
    if found is not None:
        hooklog.worked(context.layout, "claude")


def _payload() -> "dict[str, Any]":
    data = bytearray()
    while len(data) <= MOST_INPUT and (chunk := os.read(0, 65536)):
        data += chunk
    value = json.loads(data)
    return value if isinstance(value, dict) else {}


def _text(payload: "dict[str, Any]", key: str) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def _context(payload: "dict[str, Any]", transcript: str) -> "Context | None":
    """The repository the session is recorded in: the one it began in, in the work tree it is in now.

    A session begun above its repositories (cloud machines start in the folder that holds the clone) belongs to the
    first one that it works in.
    """
    cwd = _text(payload, "cwd")
    home = _open(os.environ.get("CLAUDE_PROJECT_DIR") or cwd)
    now = _open(cwd)
    if home is None and now is None and transcript:
        from gitml.ops.record.worked_in import worked_in

        now = _open(worked_in(transcript))
    if home is None or (now is not None and now.layout.local == home.layout.local):
        return _ready(now)
    return _ready(home)


def _open(folder: str) -> "Context | None":
    from gitml.errors import NothingHere

    if not folder:
        return None
    try:
        return open_at(folder)
    except NothingHere:
        return None


def _ready(context: "Context | None") -> "Context | None":
    return context if context is not None and context.set_up else None


def _tell(context: "Context", payload: "dict[str, Any]", output: int) -> None:
    """Give the agent what it may know of the sessions before it: what stands on stdout here goes into its context."""
    from gitml.ops.briefing.brief import brief

    told = brief(context, _text(payload, "session_id"), _text(payload, "source"))
    if told and output >= 0:
        os.write(output, told.encode("utf-8", "replace"))


def _heal(context: "Context") -> None:
    """A clone of what somebody else set up gets its hooks, and what side branches hold. In others this is one look."""
    if not os.path.exists(context.layout.setup):
        from gitml.ops.setup.heal import heal

        heal(context)
        if context.config.way() == SIDE_BRANCH:
            from gitml.ops.persist import side

            side.fetch_aside(context)


def _git_side(context: "Context") -> None:
    """Commits noted since the last hook become records; what a killed commit left staged is taken back, and forgetting
    that was cut off is finished."""
    local = context.layout.local
    noted = any(os.path.exists(os.path.join(local, name)) for name in NOTED)
    riding = os.path.join(local, "riding", context.layout.worktree)
    if noted or (os.path.isdir(riding) and os.listdir(riding)):
        from gitml.ops.riding.settle import settle

        settle(context)
