"""The session that is running now: found by its id, as git hooks under an agent's shell know it."""

import os
import time

from gitml.agents import registry
from gitml.ops.record.ingest import sync_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context


def sync_running(context: "Context", agent: str, session_id: str, budget_ms: int = 300) -> None:
    """Take in one running session within the budget, so that a commit made by an agent carries the turn that made it.

    Past the budget nothing has moved, and the next hook does it. A session that began in another repository, and only
    commits here, is not ours. Raises Busy, OSError.
    """
    from gitml.ops.record.belonging import belongs, folders

    deadline = time.monotonic() + budget_ms / 1000
    found = find_session(agent, session_id)
    if found is not None and belongs(context, folders(context, *found), found[1].path):
        adapter, source = found
        sync_session(context, adapter, source, timeout=budget_ms / 1000, deadline=deadline)


def find_session(agent: str, session_id: str, path: str = "") -> "tuple[Adapter, Source] | None":
    """A session of an agent: at ``path`` if that lies in one of the agent's folders, else wherever its id is found.

    A transcript moves when a session enters a work tree; its id stays. One that goes on in a further file under its id
    has more behind it, after a dot (Gemini CLI's, after ``/clear``): the file that was named is the one meant.
    """
    adapter = registry.adapter(agent)
    for root in adapter.roots(os.environ):
        source = adapter.at(path, root) if path else None
        if source is not None and _is_of(source.session_id, session_id):
            return adapter, source
    for root in adapter.roots(os.environ):
        source = adapter.locate(session_id, root)
        if source is not None:
            return adapter, source
    return None


def _is_of(found: str, wanted: str) -> bool:
    return found == wanted or (bool(wanted) and found.startswith(f"{wanted}."))
