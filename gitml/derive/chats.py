"""A chat: one prompt a person (or caller) typed, up to the next one."""

from gitml.derive.tools import FILE_KEYS
from gitml.derive.usage import add, empty
from gitml.model.digest import hexhash
from gitml.model.streams import DERIVER_VERSION
from gitml.model.times import millis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.derive.settings import Settings
    from gitml.model.events import SessionEvent

FILES = 200
"""Paths listed a chat."""
TENTATIVE = frozenset({"command", "bash"})
"""Typed, but often answered by the client alone (`/model`, `!ls`): a chat only if a model answers."""


def chat_id(timestamp: str, source: str) -> str:
    """``chat-20251216-150332-abc123``: when it was typed, and six hex digits of its uuid's hash."""
    day, clock = timestamp[:10].replace("-", ""), timestamp[11:19].replace(":", "")
    return f"chat-{day or '00000000'}-{clock or '000000'}-{hexhash(source, 6)}"


class Chat:
    """The open chat. It is rebuilt from its first line at every run, so it has no state to keep."""

    __slots__ = (
        "answered",
        "branch",
        "commits",
        "done",
        "duration_ms",
        "ending",
        "files",
        "first",
        "id",
        "images",
        "input",
        "last",
        "model",
        "open_ended",
        "origin",
        "output",
        "rev",
        "said_in",
        "session_id",
        "tools",
        "usage",
        "uuid",
    )

    def __init__(self, event: "SessionEvent", session_id: str, origin: str) -> None:
        payload = event.payload
        self.uuid = event.uuid
        self.input = str(payload.get("text", ""))
        self.origin = origin
        self.images = int(payload.get("images") or 0)
        self.branch = ""
        self.first = self.last = self.done = event.timestamp
        self.id = chat_id(event.timestamp, event.uuid or f"{session_id}/{event.seq}")
        self.session_id = session_id
        self.answered = origin not in TENTATIVE
        self.output = self.said_in = self.model = ""
        self.ending = "unfinished"
        self.tools: list[str] = []
        self.files: list[str] = []
        self.commits: list[str] = []
        self.usage = empty()
        self.open_ended = self.rev = 0
        self.duration_ms: int | None = None

    def note(self, event: "SessionEvent") -> None:
        """What every event of the turn adds."""
        self.rev += 1
        self.last = max(self.last, event.timestamp)
        branch = event.payload.get("branch")
        if isinstance(branch, str) and branch and not self.branch:
            self.branch = branch

    def spend(self, added: "tuple[dict[str, int], int] | None") -> None:
        """Tokens that an event added."""
        if added is not None:
            add(self.usage, added[0])
            self.open_ended += added[1]

    def respond(self, event: "SessionEvent") -> None:
        """A model's answer, thought or tool call."""
        self.answered = True
        self.done = max(self.done, event.timestamp)
        model = event.payload.get("model")
        if isinstance(model, str) and model and model != "<synthetic>":
            self.model = model
        text = event.payload.get("text")
        if event.kind == "assistant" and not text:
            return  # tokens alone, noted after what they were spent on
        self.ending = "unfinished"
        if event.kind == "assistant" and isinstance(text, str) and text.strip():
            self._say(text, str(event.payload.get("response") or event.uuid))
            if event.payload.get("stop_reason") not in ("tool_use", "pause_turn"):
                self.ending = "complete"

    def _say(self, text: str, response: str) -> None:
        """The chat's output is what the last response with text said; its chunks belong together."""
        if response == self.said_in and response:
            self.output = f"{self.output}\n\n{text}"
        else:
            self.output = text
        self.said_in = response

    def use(self, event: "SessionEvent", settings: "Settings", cwd: str) -> None:
        """A tool call: its name, and the file it names."""
        name = str(event.payload.get("name", ""))
        if name and name not in self.tools:
            self.tools.append(name)
        given = event.payload.get("input") or {}
        for path in (*map(given.get, FILE_KEYS), *(event.payload.get("files") or ())):
            self._touch(path, settings, cwd)

    def result(self, event: "SessionEvent", settings: "Settings", cwd: str) -> None:
        """A tool's result: files it says it touched, commits it made."""
        self.done = max(self.done, event.timestamp)
        self.ending = "interrupted" if event.payload.get("status") == "interrupted" else "unfinished"
        for path in event.payload.get("files") or ():
            self._touch(path, settings, cwd)
        for commit in event.payload.get("commits") or ():
            sha = str(commit.get("sha", ""))
            if sha and sha not in self.commits:
                self.commits.append(sha)

    def _touch(self, path: object, settings: "Settings", cwd: str) -> None:
        if isinstance(path, str) and path and len(self.files) < FILES:
            relative = settings.relative(path, cwd)
            if relative not in self.files:
                self.files.append(relative)

    def record(self, settings: "Settings") -> "dict[str, Any]":
        """The chat as it stands."""
        given, given_bytes = settings.bounded(self.input)
        said, said_bytes = settings.bounded(self.output)
        record: dict[str, Any] = {
            "id": self.id,
            "timestamp": self.first,
            "session_id": self.session_id,
            "input": given,
            "output": said,
            "tools": list(self.tools),
            "files": list(self.files),
            "branch": self.branch,
            "model": self.model,
            "usage": dict(self.usage),
            "usage_lower_bound": self.open_ended > 0,
            "duration_ms": self._duration(),
            "status": self.ending,
            "commits": list(self.commits),
            "uuid": self.uuid,
            "origin": self.origin,
            "updated_at": self.last,
            "deriver": DERIVER_VERSION,
            "rev": self.rev,
        }
        if self.images:
            record["images"] = self.images
        cut = {key: size for key, size in (("input", given_bytes), ("output", said_bytes)) if size}
        if cut:
            record["truncated"] = cut
        return record

    def _duration(self) -> "int | None":
        if self.duration_ms is not None:
            return self.duration_ms
        if not self.first:
            return None
        return max(0, millis(self.done) - millis(self.first))  # what the client notes hours later is no work
