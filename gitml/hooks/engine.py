"""What a hook does, whichever agent calls it: record what is new, look after git's side, take it into history."""

import json
import os
import time

from gitml.config import SIDE_BRANCH, WITH_COMMITS
from gitml.hooks.call import END, SILENT, START, STOP, WRAPPED
from gitml.ops import hooklog, silence
from gitml.ops.context import open_at
from gitml.ops.record.answer import await_answer, await_file
from gitml.ops.record.ingest import sync_session
from gitml.ops.record.running import find_session
from gitml.ops.registry.hooked import seen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitml.hooks.call import Call
    from gitml.ops.context import Context

    Heard = Callable[[dict[str, Any]], Call | None]
    Found = tuple[Any, Any] | None

NOTED = ("commits.pending", "commits.taken", "forgetting.json", "raw/stale")
"""Files of the local state that say there is something to settle."""

MOST_INPUT = 16 * 1024 * 1024

SPARE = 0.8
"""Seconds of an agent's limit that are left for what stands around the hook: the person's login shell, Python."""


def run(heard: "Heard", output: int, off: bool = False) -> None:
    """Handle one event from stdin. ``output`` is where context for the model would go; only asked-for context does.

    ``off``: this session is to stay out, now and when somebody syncs.
    """
    started = time.monotonic()
    call = heard(_payload())
    if call is None:
        return
    found = _session(call)
    context = _context(call, found[1].path if found else "")
    if context is None:
        return
    if off:
        silence.add_session(context.layout, call.session_id)
    if context.paused or context.taken_out:
        return
    if not context.config.reads(call.agent):
        found = None
    elif found is None and call.event == STOP and call.transcript:
        await_file(call.transcript)
        found = _session(call)
    hooklog.ran(context.layout, call.agent)
    seen(context, call.agent, call.session_id, call.event, call.folder, call.role)
    if call.seconds:
        _hurry(context, call, found, started)
    else:
        _work(context, call, found, started)
    if call.event == START and call.context != SILENT and context.config.get("context.enabled"):
        _tell(context, call, output)


def _session(call: "Call") -> "Found":
    """The session on disk; None where there is none, or gitml does not read that agent's."""
    return find_session(call.agent, call.session_id, call.transcript) if call.recorded else None


def _hurry(context: "Context", call: "Call", found: "Found", started: float) -> None:
    """All of it in a process of its own, waited for while the agent lets us: what is not done by then goes on."""
    from gitml.ops.beside import beside

    seconds = min(call.seconds - SPARE, float(context.config.get("hook_budget_ms")) / 1000)
    beside(lambda: _aside(context, call, found, started), started + seconds)


def _aside(context: "Context", call: "Call", found: "Found", started: float) -> None:
    try:
        _work(context, call, found, started)
    except Exception as error:  # nobody hears what a process beside the hook raises
        hooklog.failed(error, [call.agent, call.event])


def _work(context: "Context", call: "Call", found: "Found", started: float) -> None:
    """Everything but what is told to the model."""
    _record(context, call, found)
    if context.config.way() != WITH_COMMITS:
        from gitml.ops.persist.persist import persist

        persist(context, call.event, started)


def _record(context: "Context", call: "Call", found: "Found") -> None:
    """What the session holds by now, and the commits made in it."""
    if call.event == START:
        _heal(context)
    if found is not None:
        adapter, source = found
        if call.event == STOP:
            await_answer(source.path, call.answer)
        sync_session(context, adapter, source)
    _git_side(context)
    if call.event == END and found is not None:
        from gitml.ops.raw.aside import capture_aside

        capture_aside(context, *found)
    if call.event == START:
        from gitml.ops.record.sweep import sweep_aside

        sweep_aside(context, call.session_id)
    if found is not None or not call.recorded:
        hooklog.worked(context.layout, call.agent)


def _payload() -> "dict[str, Any]":
    data = bytearray()
    while len(data) <= MOST_INPUT and (chunk := os.read(0, 65536)):
        data += chunk
    value = json.loads(data)
    return value if isinstance(value, dict) else {}


def _context(call: "Call", transcript: str) -> "Context | None":
    """The repository the session is recorded in: the one it began in, in the work tree it is in now.

    A session begun above its repositories (cloud machines start in the folder that holds the clone) belongs to the
    first one that it works in.
    """
    home = _open(call.home)
    now = _open(call.folder)
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


def _tell(context: "Context", call: "Call", output: int) -> None:
    """Give the agent what it may know of the sessions before it: what stands on stdout here goes into its context."""
    from gitml.ops.briefing.brief import brief

    told = brief(context, call.session_id, call.source)
    if told and call.context == WRAPPED:
        told = json.dumps({"hookSpecificOutput": {"hookEventName": call.event, "additionalContext": told}})
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
