"""Tool calls: an action is recorded when it starts and again when its result is known."""

from gitml.derive.tools import FILE_KEYS, FOLDER_KEYS
from gitml.model.times import millis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.derive.settings import Settings
    from gitml.model.events import SessionEvent

OPEN_CALLS = 512
"""Calls without a result that are remembered (242 of 71,966 never get one); the oldest is forgotten first."""
TARGET = 200
SUMMARY = 160
"""Characters. An action is a pointer into what happened, not a copy of it."""

_TARGETS = (
    *FILE_KEYS,
    *FOLDER_KEYS,
    "command",
    "cmd",
    "pattern",
    "query",
    "url",
    "skill",
    "description",
    "explanation",
    "prompt",
    "chars",
    "input",
)
"""The first that is there. ``chars`` is what is typed into a shell that goes on."""
_WRAPPED = ("bash", "-lc", "command")
"""How most argument vectors are."""
_CONTENT = frozenset({*FILE_KEYS, *FOLDER_KEYS, "pattern"})
"""What such a call answers, when it went well, is the content of files: the repository has that already."""


def target(given: "dict[str, Any]", settings: "Settings", cwd: str) -> "tuple[str, bool]":
    """What a call is about (its file, command, pattern or address, on one bounded line), and whether what it answers
    is the content of files."""
    for key in _TARGETS:
        value = _said(given.get(key))
        if value:
            if key in FILE_KEYS or key in FOLDER_KEYS:
                value = settings.relative(value, cwd)
            return settings.line(value, TARGET), key in _CONTENT
    return "", False


def _said(value: object) -> str:
    """A text, or the command in an argument vector; "" for anything else."""
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        wrapped = len(value) == len(_WRAPPED) and value[1] in ("-lc", "-c")
        return str(value[2]) if wrapped else " ".join(value)
    return value if isinstance(value, str) else ""


class Calls:
    """The tool calls of one conversation that have no result yet."""

    __slots__ = ("open",)

    def __init__(self, state: "dict[str, Any] | None" = None) -> None:
        self.open: dict[str, dict[str, Any]] = {key: dict(value) for key, value in (state or {}).items()}

    def state(self) -> "dict[str, Any]":
        """JSON-able; ``Calls(state)`` goes on from it."""
        return {key: dict(value) for key, value in self.open.items()}

    def begin(self, record: "dict[str, Any]", content: bool) -> "dict[str, Any]":
        """Remember a call. ``record`` is the action without its outcome; returned with status pending."""
        record |= {"ok": None, "duration_ms": None, "summary": "", "status": "pending"}
        self.open[record["id"]] = {"record": record, "content": content}
        if len(self.open) > OPEN_CALLS:
            del self.open[next(iter(self.open))]
        return dict(record)

    def end(self, event: "SessionEvent", settings: "Settings") -> "dict[str, Any] | None":
        """The finished action of a result; None where its call is not known."""
        payload = event.payload
        known = self.open.pop(str(payload.get("tool_id", "")), None)
        if known is None:
            return None
        record: dict[str, Any] = dict(known["record"])
        status = payload.get("status", "ok")
        started = record["timestamp"]
        record["ok"] = status == "ok"
        record["status"] = status
        record["duration_ms"] = _duration(payload, started, event.timestamp)
        if status != "ok" or not known["content"]:
            record["summary"] = settings.line(str(payload.get("text", "")), SUMMARY)
        record["updated_at"] = max(record["updated_at"], event.timestamp)
        record["rev"] += 1
        return record


def _duration(payload: "dict[str, Any]", started: str, ended: str) -> "int | None":
    stated = payload.get("duration_ms")
    if isinstance(stated, int):
        return stated
    if not started or not ended:
        return None
    return max(0, millis(ended) - millis(started))
