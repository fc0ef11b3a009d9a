"""The whole of one session: its chats, actions, batches of sub-agents, and the session record itself.

Feed the main file's events in order, then each sub-agent's. Reading can stop anywhere and go on later: ``checkpoint``
is the state before the newest turn, and a run that resumes from it makes the same records as one that reads it all.
"""

from gitml.derive.chats import TENTATIVE, Chat
from gitml.derive.conversation import Conversation
from gitml.derive.wholes import batch_record, internal_record, session_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitml.derive.settings import Settings
    from gitml.model.events import SessionEvent

INTERNAL_AGENTS = ("acompact", "aprompt_suggestion")
"""Forks that the client starts for itself: real spend, no conversation, no call that started them."""
_RESPONSES = ("assistant", "thinking", "tool_use")


class SessionDeriver:
    """Derives one session. ``own_files`` are the agent ids that have a transcript of their own: copies of their
    messages in the main file are passed over. ``state`` is an earlier ``checkpoint()``."""

    def __init__(
        self,
        uid: str,
        settings: "Settings",
        own_files: "frozenset[str]" = frozenset(),
        state: "dict[str, Any] | None" = None,
    ) -> None:
        state = state or {}
        self.uid = uid
        self.agent, _, self.session_id = uid.partition(":")
        self.settings = settings
        self.own_files = own_files
        self.main = Conversation(self.session_id, settings, state=state.get("main"))
        self.inline = {
            key: Conversation(self.session_id, settings, key, value) for key, value in state.get("inline", {}).items()
        }
        self.filed: dict[str, Conversation] = {}
        self.types: dict[str, str] = dict(state.get("types", {}))
        self.chat_count: int = state.get("chat_count", 0)
        self.facts: dict[str, str] = dict(state.get("facts", {}))
        self.spoken: bool = state.get("spoken", False)
        self.chat: Chat | None = None
        self.made: dict[tuple[str, str], dict[str, Any]] = {}
        self.since_checkpoint: set[tuple[str, str]] = set()
        self._checkpoint = state

    # -- reading ---------------------------------------------------------------------------------------------------

    def feed(self, event: "SessionEvent", resumable: bool = True) -> bool:
        """Take in the next event of the main file. True when a run can resume before this event: it began a turn, and
        ``resumable`` says that it is the first event of its line.
        """
        agent_id = event.payload.get("agent_id")
        if agent_id:
            self._aside(event, str(agent_id))
            return False
        opened = event.kind == "user" and event.payload.get("origin") in ("prompt", *TENTATIVE)
        if opened:
            self._close()
        if opened and resumable:
            self._checkpoint = self._state()
            self.since_checkpoint = set()
        self.main.note(event)
        self._remember(event)
        if opened:
            self.chat = Chat(event, self.session_id, str(event.payload.get("origin")))
        handler = self._HANDLERS.get(event.kind)
        if handler is not None:
            handler(self, event)
        if self.chat is not None:
            self.chat.note(event)
        return opened and resumable

    def checkpoint(self) -> "dict[str, Any]":
        """JSON-able state before the newest turn."""
        return self._checkpoint

    def of_agent(self, agent_id: str, kind: str = "", state: "dict[str, Any] | None" = None) -> Conversation:
        """The conversation of a sub-agent that has its own file; go on from an earlier ``Conversation.state()``."""
        run = Conversation(self.session_id, self.settings, agent_id, state)
        self.filed[agent_id] = run
        if kind:
            self.types[agent_id] = kind
        return run

    def feed_agent(self, run: Conversation, event: "SessionEvent") -> None:
        """Take in the next event of a sub-agent's file."""
        self._agent_event(run, event)

    def link(self, agent_id: str, tool_id: str) -> None:
        """Say which tool call started an agent, where a sidecar file knows."""
        self.main.batches.link(agent_id, tool_id)

    def chat_of(self, agent_id: str) -> "tuple[str, int]":
        """(chat id, depth) of the batch that started an agent; ("", 1) while that is not known."""
        for conversation in self.conversations():
            tool_id = conversation.batches.links.get(agent_id)
            if tool_id:
                return self._of_tool(tool_id)
        return "", 1

    # -- writing ---------------------------------------------------------------------------------------------------

    def records(self) -> "Iterator[tuple[str, dict[str, Any]]]":
        """(stream, record) of all that this run made or changed; the session comes last."""
        if self.chat is not None and self.chat.answered:
            self._put("chats", self.chat.record(self.settings))
        for conversation in self.conversations():
            for batch_id in sorted(conversation.batches.by_id):
                self._put("orchestration", batch_record(self, batch_id, conversation.batches.by_id[batch_id]))
        for agent_id in sorted(self.filed):
            if self.types.get(agent_id) in INTERNAL_AGENTS:
                self._put("orchestration", internal_record(self, agent_id))
        for (stream, _), record in self.made.items():
            yield stream, record
        if self.spoken:
            yield "sessions", session_record(self)

    # -- the kinds of events ---------------------------------------------------------------------------------------

    def _user(self, event: "SessionEvent") -> None:
        origin = event.payload.get("origin")
        self.spoken = True
        if self.chat is None:
            return
        if origin == "interrupt":
            self.chat.ending = "interrupted"
        if origin == "prompt":
            self._called()

    def _response(self, event: "SessionEvent") -> None:
        self.spoken = True
        if self.chat is None:  # a file that begins after a compaction: its answers must not be lost
            self.chat = Chat(event, self.session_id, "continued")
            self.chat.input = ""
        self._called()
        self.chat.respond(event)
        self.chat.spend(self.main.respond(event))
        if event.kind == "tool_use":
            self.chat.use(event, self.settings, self.main.cwd)
            self._put("actions", self.main.call(event, self.chat.id, 1))

    def _result(self, event: "SessionEvent") -> None:
        action = self.main.result(event)
        if action is not None:
            self._put("actions", action)
        if self.chat is not None:
            self.chat.result(event, self.settings, self.main.cwd)

    def _error(self, event: "SessionEvent") -> None:
        if self.chat is not None and not event.payload.get("retry"):
            self.chat.answered = True
            self.chat.ending = "error"
            text = str(event.payload.get("text", ""))
            if text:
                self.chat.output = self.chat.output or text

    def _system(self, event: "SessionEvent") -> None:
        spent = event.payload.get("duration_ms")
        if event.payload.get("subtype") == "turn_duration" and self.chat is not None and isinstance(spent, int):
            self.chat.duration_ms = spent

    def _summary(self, event: "SessionEvent") -> None:
        if event.payload.get("source") == "title" and event.payload.get("text"):
            self.facts["title"] = self.settings.line(str(event.payload["text"]), 200)

    _HANDLERS = {
        "user": _user,
        "assistant": _response,
        "thinking": _response,
        "tool_use": _response,
        "tool_result": _result,
        "error": _error,
        "system": _system,
        "summary": _summary,
    }

    # -- sub-agents ------------------------------------------------------------------------------------------------

    def _aside(self, event: "SessionEvent", agent_id: str) -> None:
        """An event of a sub-agent that stands in the main file."""
        self.main.batches.link(agent_id, str(event.payload.get("parent_tool_id") or ""))
        if agent_id in self.own_files:
            return
        if event.payload.get("type"):
            self.types.setdefault(agent_id, str(event.payload["type"]))
        run = self.inline.get(agent_id)
        if run is None:
            run = self.inline[agent_id] = Conversation(self.session_id, self.settings, agent_id)
        self._agent_event(run, event)

    def _agent_event(self, run: Conversation, event: "SessionEvent") -> None:
        run.note(event)
        if event.kind in _RESPONSES:
            run.respond(event)
        action = None
        if event.kind == "tool_use":
            chat, depth = self.chat_of(run.agent_id)
            action = run.call(event, chat, depth + 1)
        elif event.kind == "tool_result":
            action = run.result(event)
        if action is not None:
            self._put("actions", action)

    def _of_tool(self, tool_id: str) -> "tuple[str, int]":
        for conversation in self.conversations():
            batch = conversation.batches.of_tool(tool_id)
            if batch is not None:
                return batch["chat_id"], batch["depth"]
        return "", 1

    def conversations(self) -> "Iterator[Conversation]":
        """The main one, then every sub-agent's."""
        yield self.main
        yield from self.inline.values()
        yield from self.filed.values()

    def run_of(self, tool_id: str) -> "Conversation | None":
        """The conversation that a call started; the agent's own file before copies of it."""
        for conversation in self.conversations():
            for agent_id, started_by in conversation.batches.links.items():
                if started_by == tool_id:
                    return self.filed.get(agent_id) or self.inline.get(agent_id)
        return None

    # -- state -----------------------------------------------------------------------------------------------------

    def _remember(self, event: "SessionEvent") -> None:
        """The session's own facts: the newest branch and version, where it was resumed or forked from."""
        payload, facts = event.payload, self.facts
        for key in ("branch", "version"):
            if payload.get(key):
                facts[key] = str(payload[key])
        parent = payload.get("forked_from") or payload.get("foreign_session")
        if parent and "parent" not in facts:
            facts["parent"] = f"{self.agent}:{parent}"

    def _put(self, stream: str, record: "dict[str, Any]") -> None:
        key = (stream, record["id"])
        self.made[key] = record
        self.since_checkpoint.add(key)

    def _called(self) -> None:
        """A session without a title is called by its first prompt."""
        if self.chat is not None and self.chat.input and "first" not in self.facts:
            self.facts["first"] = self.settings.line(self.chat.input, 120)

    def _close(self) -> None:
        if self.chat is not None and self.chat.answered:
            self._put("chats", self.chat.record(self.settings))
            self.chat_count += 1
        self.chat = None

    def _state(self) -> "dict[str, Any]":
        return {
            "main": self.main.state(),
            "inline": {key: run.state() for key, run in self.inline.items()},
            "types": dict(self.types),
            "chat_count": self.chat_count,
            "facts": dict(self.facts),
            "spoken": self.spoken,
        }
