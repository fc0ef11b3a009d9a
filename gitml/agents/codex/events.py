"""One record to the events it makes.

Response items are the conversation as the model has it; ``event_msg`` repeats most of it for the screen, and alone
tells what a person typed, what was spent, and what was interrupted.
"""

from gitml.agents.codex import calls, outputs, prompts, tokens
from gitml.agents.codex.memory import WAITING
from gitml.agents.codex.records import objects
from gitml.agents.fields import count, items, known, mapping, text
from gitml.agents.lines import line_at
from gitml.agents.names import short
from gitml.model.events import SessionEvent
from gitml.model.times import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import Source
    from gitml.agents.memory import Memory

    Record = dict[str, Any]
    Fact = tuple[str, Record]

BRANCH_MAX = 250
CALLS = {
    "function_call": calls.function,
    "custom_tool_call": calls.custom,
    "local_shell_call": calls.local_shell,
    "web_search_call": calls.web_search,
}
OUTPUTS = ("function_call_output", "custom_tool_call_output")
TURNS = ("task_started", "turn_started")


class Making:
    """Turns the records of one rollout into events, in order."""

    __slots__ = ("memory", "path", "source")

    def __init__(self, source: "Source", path: str, memory: "Memory") -> None:
        self.source = source
        self.path = path
        self.memory = memory

    def events(self, record: "Record", place: "tuple[int, int]") -> "list[SessionEvent]":
        """The events of the record at that place of the file."""
        kind, payload = record.get("type"), mapping(record.get("payload"))
        if kind == "response_item":
            return self._item(payload, record, place)
        if kind == "event_msg":
            return self._told(payload, record)
        if kind == "token_usage_record":
            usage = tokens.recorded(payload, self.memory)
            return self._wrapped(self._paid(usage, payload), record)
        return self._wrapped(self._context(kind, payload), record)

    def _context(self, kind: object, payload: "Record") -> "list[Fact]":
        """What is neither said nor done: where the session is, with which model, and that its context was compacted."""
        if kind == "session_meta":
            return [("system", self._begun(payload))]
        if kind == "turn_context":
            self.memory.now["model"] = short(payload.get("model")) or self.memory.now["model"]
            prompts.turn(payload, self.memory)
        return [("compaction", {"trigger": "unknown"})] if kind == "compacted" else []

    def _begun(self, payload: "Record") -> "Record":
        branch = text(mapping(payload.get("git")).get("branch"))
        self.memory.now["branch"] = branch if len(branch) <= BRANCH_MAX and not branch.split()[1:] else ""
        return {
            "subtype": "session_start",
            **known(
                cwd=text(payload.get("cwd")),
                version=text(payload.get("cli_version")),
                forked_from=self._parent(payload),
            ),
        }

    def _parent(self, payload: "Record") -> str:
        """The session it was forked from, or that started it; a copied history brings the record of its own."""
        spawned = mapping(mapping(mapping(payload.get("source")).get("subagent")).get("thread_spawn"))
        own = text(payload.get("id"))
        copied = own if own != self.source.session_id and self.memory.now["seq"] else ""
        return text(payload.get("forked_from_id")) or text(spawned.get("parent_thread_id")) or copied

    # -- the conversation ------------------------------------------------------------------------------------------

    def _item(self, item: "Record", record: "Record", place: "tuple[int, int]") -> "list[SessionEvent]":
        kind, role = text(item.get("type")) or "message", item.get("role")
        if kind == "message" and role == "user":
            if not self.memory.now["echoed"] and prompts.written(item) is not None:
                self.memory.now["waiting"] = [*self.memory.now["waiting"], list(place)][-WAITING:]
            return []
        if kind in OUTPUTS:
            self._next_response()
            return self._wrapped(outputs.result(item, self.memory), record)
        facts = self._said(kind, item)
        made = self._waited() if facts else []
        return made + self._wrapped(facts, record)

    def _said(self, kind: str, item: "Record") -> "list[Fact]":
        """What a model said, thought or called."""
        shared = known(response=f"item-{self.memory.now['response']}", model=self.memory.now["model"])
        facts: list[Fact] = []
        if kind == "message" and item.get("role") == "assistant":
            facts = [("assistant", {"text": _texts(item.get("content")), **shared})]
        elif kind == "reasoning":
            facts = [("thinking", {"text": _texts(item.get("summary")) or _texts(item.get("content")), **shared})]
        elif kind in CALLS:
            named = item if item.get("id") else {**item, "id": f"{self.source.session_id}-{self.memory.now['seq']}"}
            facts = CALLS[kind](named, shared, self.memory)
        self.memory.now["open"] = self.memory.now["open"] or bool(facts)
        return facts

    def _next_response(self) -> None:
        if self.memory.now["open"]:
            self.memory.now["response"] += 1
            self.memory.now["open"] = False

    def _waited(self) -> "list[SessionEvent]":
        """The prompts that are answered here, where no ``event_msg`` told them: some recordings have none."""
        places, self.memory.now["waiting"] = self.memory.now["waiting"], []
        made = []
        for offset, index in places:
            found, _ = objects(line_at(self.path, offset))
            record: Record = found[index] if index < len(found) else {}
            prompt = prompts.written(mapping(record.get("payload")))
            made += self._prompted(prompt, record) if prompt is not None else []
        return made

    # -- what is told beside it ------------------------------------------------------------------------------------

    def _told(self, payload: "Record", record: "Record") -> "list[SessionEvent]":
        self.memory.now["echoed"] = True
        self.memory.now["waiting"] = []
        kind = payload.get("type")
        if kind in (prompts.ITEM, prompts.TYPED):
            prompt = prompts.told(payload, self.memory)
            return self._prompted(prompt, record) if prompt is not None else []
        if kind == "token_count":
            usage = tokens.spent(payload, self.memory)
            return self._wrapped(self._paid(usage, mapping(payload.get("info"))), record)
        if kind in TURNS:
            prompts.turn(payload, self.memory)
        return self._wrapped(_aside(kind, payload), record)

    def _prompted(self, prompt: "Record", record: "Record") -> "list[SessionEvent]":
        self._next_response()
        uuid = prompts.uuid_of(self.source.session_id, self.memory)
        if self.memory.now["turn"] and self.memory.now["prompts"] > 1:
            prompt["queued"] = True
        return self._wrapped([("user", prompt)], record, uuid)

    def _paid(self, usage: "dict[str, int] | None", stated: "Record") -> "list[Fact]":
        """What a response spent. ``stated`` may name its model."""
        if usage is None:
            return []
        self._next_response()
        self.memory.now["paid"] += 1
        model = short(stated.get("model")) or self.memory.now["model"]
        told = {"text": "", "response": f"paid-{self.memory.now['paid']}", "usage": usage, "final": True}
        return [("assistant", {**told, **known(model=model)})]

    def _wrapped(self, facts: "list[Fact]", record: "Record", uuid: str = "") -> "list[SessionEvent]":
        """The facts with the record's envelope around them."""
        timestamp, shared = normal(record.get("timestamp")), known(branch=self.memory.now["branch"])
        next_seq, uid = self.memory.next_seq, self.source.uid
        return [
            SessionEvent(uid, next_seq(), kind, timestamp, uuid, "", False, {**payload, **shared})
            for kind, payload in facts
        ]


def _aside(kind: object, payload: "Record") -> "list[Fact]":
    """Interrupts, errors, titles, and how long a turn took."""
    if kind == "turn_aborted":
        stopped = payload.get("reason") in (None, "interrupted")
        return [("user", {"text": "", "origin": "interrupt", "images": 0})] if stopped else []
    if kind in ("error", "stream_error"):
        said = {"category": _category(payload.get("codex_error_info")), "text": text(payload.get("message"))}
        return [("error", said | ({"retry": True} if kind == "stream_error" else {}))]
    if kind == "thread_name_updated" and text(payload.get("thread_name")):
        return [("summary", {"text": payload["thread_name"], "source": "title"})]
    spent = count(payload.get("duration_ms")) if kind in ("task_complete", "turn_complete") else None
    return [("system", {"subtype": "turn_duration", "duration_ms": spent})] if spent is not None else []


def _category(value: object) -> str:
    """What kind of error it is: a word, or the one key of an object."""
    return short(value) or short(next(iter(mapping(value)), "")) or "unknown"


def _texts(content: object) -> str:
    """The texts of a list of blocks, joined by newlines."""
    if isinstance(content, str):
        return content
    found = [text(mapping(block).get("text")) for block in items(content)]
    return "\n".join(one for one in found if one)
