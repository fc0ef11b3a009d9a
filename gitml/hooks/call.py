"""One call of an agent's hook, in gitml's own words. Each agent's module makes it from that agent's payload."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

START, PROMPT, STOP, SUBAGENT, COMPACT, END = EVENTS = (
    "SessionStart",
    "UserPromptSubmit",
    "Stop",
    "SubagentStop",
    "PreCompact",
    "SessionEnd",
)
"""What can happen, by Claude Code's names: the other agents' events are mapped to these six."""

SILENT, PLAIN, WRAPPED = range(3)
"""How context for the model is printed at a start: not at all, as it is, or as JSON with ``additionalContext``."""


class Call:
    """``agent`` and ``event`` (one of ``EVENTS``) · ``session_id`` · ``transcript``: a path, "" where the agent names
    none · ``folder``: where the session works now · ``home``: where it began · ``answer``: the turn's last message
    (None: not named; "": do not wait for one) · ``source``: why a session starts · ``seconds``: after which the agent
    kills the hook, where that is sooner than a turn may take; 0 for no such limit · ``context``: ``SILENT``, ``PLAIN``
    or ``WRAPPED`` · ``recorded``: whether gitml reads that agent's transcripts · ``role``: what a session calls itself
    when it starts."""

    __slots__ = (
        "agent",
        "answer",
        "context",
        "event",
        "folder",
        "home",
        "recorded",
        "role",
        "seconds",
        "session_id",
        "source",
        "transcript",
    )

    def __init__(self, agent: str, event: str, payload: "dict[str, Any]") -> None:
        self.agent = agent
        self.event = event
        self.session_id = text(payload, "session_id")
        self.transcript = text(payload, "transcript_path")
        self.folder = self.home = text(payload, "cwd")
        self.answer: Any = ""
        self.source = text(payload, "source")
        self.seconds = 0.0
        self.context = SILENT
        self.recorded = True
        self.role = ""


def text(payload: "dict[str, Any]", key: str) -> str:
    """The value where it is a string, else ""."""
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def folder(name: str) -> str:
    """The folder that an environment variable names; "" for none."""
    return os.environ.get(name, "")


def has_own(home: str, name: str, mark: bytes) -> bool:
    """Whether the agent whose file that is in a repository has hooks of gitml's own, which are called as well."""
    from gitml.ops.setup.paths import Refused, content

    try:
        return mark in (content(os.path.join(home, name)) or b"")
    except (Refused, ValueError):
        return False
