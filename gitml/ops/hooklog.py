"""What hooks leave behind for ``gitml status`` and ``gitml doctor``: when one last ran, and what went wrong in one."""

import os
import time

from gitml.errors import GitmlError
from gitml.git import where as locations
from gitml.model.times import of_epoch
from gitml.ops.context import layout_of
from gitml.redact.gate import seal_state, seal_words
from gitml.store import log
from gitml.store.files import make_dirs

LAST = "last-hook"
"""An empty file in the local state; its modification time is when an agent's hook last ran."""

WORKED = {
    "claude": "last-hook-worked",
    "codex": "last-codex-hook-worked",
    "gemini": "last-gemini-hook-worked",
    "grok": "last-grok-hook-worked",
    "cursor": "last-cursor-hook-worked",
    "git": "last-git-hook-worked",
}
"""The same for when a hook of each kind, an agent's or git's, last did all that it is for."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.store.layout import Layout

_here: "list[tuple[Layout, str]]" = []
"""The store this process's hook works on, and the agent. The folder it was started in may lie above the repository, and
the agent may be another than the one the command names."""


def ran(layout: "Layout", agent: str) -> None:
    """Note that this agent's hook runs now. Raises OSError."""
    _here.append((layout, agent))
    make_dirs(layout.local)
    touch(os.path.join(layout.local, LAST))


def worked(layout: "Layout", kind: str) -> None:
    """Note that a hook of that kind (a key of ``WORKED``) has done its work. Raises OSError."""
    make_dirs(layout.local)
    touch(os.path.join(layout.local, WORKED[kind]))


def touch(path: str) -> None:
    """An empty file whose modification time is now. Raises OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    os.utime(path)


def failed(error: BaseException, arguments: "list[str]") -> None:
    """Log a failure of a hook in the repository it ran in. Nothing happens outside one that gitml records.

    ``arguments``: what hook it was, the agent or ``git`` first; in an agent's hook that agent stands for the first.
    """
    layout = _here[-1][0] if _here else _found()
    if layout is None or not os.path.isdir(layout.local):
        return
    kind = [_here[-1][1]] if _here else arguments[:1]
    what = {
        "timestamp": of_epoch(time.time()),
        "hook": " ".join([*kind, *arguments[1:2]]),
        "error": f"{type(error).__name__}: {error}",
        "at": _place(error),
    }
    try:
        sealed = seal_state(what)
    except GitmlError:  # the redaction engine itself is what failed
        sealed = seal_words(what | {"error": type(error).__name__})
    log.note(layout, sealed)


def _found() -> "Layout | None":
    where = locations.find(os.environ.get("CLAUDE_PROJECT_DIR") or os.getcwd())
    return layout_of(where) if where is not None else None


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
