"""What the main conversation and every sub-agent's have in common: tokens, models, tool calls, commits."""

from gitml.derive.actions import TARGET, Calls, target
from gitml.derive.batches import Batches
from gitml.derive.tools import STARTS_AGENT
from gitml.derive.usage import Meter
from gitml.model.streams import DERIVER_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.derive.settings import Settings
    from gitml.model.events import SessionEvent

LINKED = 2
"""Added to an action's ``rev`` when its chat is known, so that it wins over a version that did not know it yet."""


class Conversation:
    """The running totals of one transcript. ``agent_id`` is "" for the main conversation."""

    __slots__ = (
        "agent_id",
        "batches",
        "calls",
        "commits",
        "cwd",
        "events",
        "latest",
        "meter",
        "models",
        "session_id",
        "settings",
        "started",
        "tools",
    )

    def __init__(
        self, session_id: str, settings: "Settings", agent_id: str = "", state: "dict[str, Any] | None" = None
    ) -> None:
        state = state or {}
        self.session_id = session_id
        self.settings = settings
        self.agent_id = agent_id
        self.meter = Meter(state.get("meter"))
        self.calls = Calls(state.get("calls"))
        self.batches = Batches(state.get("batches"))
        self.models: list[str] = list(state.get("models", []))
        self.commits: list[str] = list(state.get("commits", []))
        self.tools: int = state.get("tools", 0)
        self.events: int = state.get("events", 0)
        self.started: str = state.get("started", "")
        self.latest: str = state.get("latest", "")
        self.cwd: str = state.get("cwd", "")

    def state(self) -> "dict[str, Any]":
        """JSON-able; passing it to the constructor goes on from here."""
        return {
            "meter": self.meter.state(),
            "calls": self.calls.state(),
            "batches": self.batches.state(),
            "models": list(self.models),
            "commits": list(self.commits),
            "tools": self.tools,
            "events": self.events,
            "started": self.started,
            "latest": self.latest,
            "cwd": self.cwd,
        }

    def note(self, event: "SessionEvent") -> None:
        """Times, working folder, the count of events: what every event adds."""
        self.events += 1
        if event.timestamp:
            self.started = self.started or event.timestamp
            self.latest = max(self.latest, event.timestamp)
        cwd = event.payload.get("cwd")
        if isinstance(cwd, str) and cwd and not self.cwd:
            self.cwd = cwd

    def respond(self, event: "SessionEvent") -> "tuple[dict[str, int], int] | None":
        """Model and usage of an event that comes from a response; see ``Meter.count``."""
        model = event.payload.get("model")
        if isinstance(model, str) and model and model != "<synthetic>" and model not in self.models:
            self.models.append(model)
        return self.meter.count(event.payload)

    def call(self, event: "SessionEvent", chat_id: str, depth: int) -> "dict[str, Any]":
        """The action of a tool call that starts here."""
        payload = event.payload
        self.tools += 1
        name = str(payload.get("name", ""))
        if name in STARTS_AGENT or payload.get("starts"):
            self.batches.start(event, self.session_id, chat_id, depth)
        about, content = target(payload.get("input") or {}, self.settings, self.cwd)
        files = [self.settings.relative(path, self.cwd) for path in payload.get("files") or ()]
        record: dict[str, Any] = {
            "id": str(payload.get("tool_id") or f"{event.uuid}/{event.seq}"),
            "timestamp": event.timestamp,
            "session_id": self.session_id,
            "chat_id": chat_id,
            "tool": name,
            "target": self.settings.line(", ".join(files), TARGET) if files else about,
            "updated_at": event.timestamp,
            "deriver": DERIVER_VERSION,
            "rev": 1 + (LINKED if chat_id else 0),
        }
        if files:
            record["files"] = files
        if self.agent_id:
            record["agent_id"] = self.agent_id
        return self.calls.begin(record, content)

    def result(self, event: "SessionEvent") -> "dict[str, Any] | None":
        """The finished action of a tool result; None where its call is unknown."""
        self.batches.end(event)
        for commit in event.payload.get("commits") or ():
            sha = str(commit.get("sha", ""))
            if sha and sha not in self.commits:
                self.commits.append(sha)
        return self.calls.end(event, self.settings)
