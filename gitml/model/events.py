"""``SessionEvent``: what every adapter yields, and what derivation reads. The contract between agents and the rest.

Kinds and what ``payload`` holds. A key that is not known is absent, never guessed. On every event of a record that
states them: ``cwd`` ``branch`` ``version`` (str), ``agent_id`` (a sub-agent's; absent for the main conversation),
``parent_tool_id`` (the tool call that started that sub-agent, where known).

user
    ``text`` · ``origin``, one of ORIGINS · ``images`` (int) · ``queued`` (true: typed while the agent was busy).
assistant / thinking
    ``text`` and the keys of RESPONSE.
tool_use
    ``tool_id`` ``name`` ``input`` (dict) · ``starts`` (the type of the sub-agent that the call starts, where the name
    of the tool does not tell that it starts one) · ``files`` (paths it is to write, where its input names them in a way
    of its own: a patch) and the keys of RESPONSE.
tool_result
    ``tool_id`` · ``status``, one of STATUSES · ``text`` (a bounded preview) · ``duration_ms`` · ``files`` (paths as the
    source has them) · ``commits`` [{``sha``, ``kind``: committed | amended, ``branch``}] · ``pushed`` (branch) ·
    ``exit_code`` · ``agent`` {``id`` ``type`` ``async`` (bool) ``tokens`` ``tool_uses`` ``duration_ms`` ``usage``}.
system
    ``subtype`` (``turn_duration`` with ``duration_ms``; ``pr_link`` with ``url``; ``agent_start`` with ``type``, before
    a sub-agent's first events; others as named).
summary
    ``text`` · ``source``: title | summary | last_prompt.
compaction
    ``trigger`` (auto | manual | unknown) ``pre_tokens``.
error
    ``category`` (rate_limit, authentication_failed, … or "unknown") ``text`` · ``retry`` (true: it is tried again).

RESPONSE, on every event that comes from a model's response: ``response`` (the key that makes one response one, so that
usage repeated on each of its chunks counts once) · ``model`` · ``usage`` {input, output, cache_read, cache_write_5m,
cache_write_1h} · ``stop_reason`` · ``final`` (true: the agent notes usage once, when the response is whole). Without
either ``output`` is a mid-stream value, a lower bound. Usage that becomes known only later comes with an ``assistant``
event without text.
"""

KINDS = (
    "user",
    "assistant",
    "thinking",
    "tool_use",
    "tool_result",
    "system",
    "summary",
    "compaction",
    "error",
)

ORIGINS = {
    "prompt": "typed by a person, or passed by the caller of a headless run; starts a chat",
    "command": "a slash command echo, `/name args`; starts a chat if a model answers it",
    "bash": "a `!` command typed by a person; starts a chat if a model answers it",
    "agent_prompt": "what a sub-agent was asked",
    "compact_summary": "the client's summary after compaction",
    "interrupt": "the marker a client writes when a person interrupts",
    "notification": "a background task reports",
    "teammate": "another agent speaks",
    "local_output": "output of a local command",
    "meta": "put there by the client: caveats, skill bodies, reminders",
}

STATUSES = {
    "ok": "the tool did its work",
    "error": "it failed",
    "rejected": "a person said no; a decision, not a failure",
    "interrupted": "a person interrupted it",
    "timeout": "it ran out of time",
    "cascade": "cancelled because a parallel call failed; not its own fault",
}

USAGE_KEYS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SessionEvent:
    """One thing that happened in a session, in the order of its source file.

    ``seq`` counts the events of one file from 0; ``timestamp`` is normal (``gitml.model.times``) or "";
    ``uuid`` and ``parent_uuid`` are the source's own, or "".
    """

    __slots__ = ("is_sidechain", "kind", "parent_uuid", "payload", "seq", "session_uid", "timestamp", "uuid")

    def __init__(
        self,
        session_uid: str,
        seq: int,
        kind: str,
        timestamp: str,
        uuid: str,
        parent_uuid: str,
        is_sidechain: bool,
        payload: "dict[str, Any]",
    ) -> None:
        self.session_uid = session_uid
        self.seq = seq
        self.kind = kind
        self.timestamp = timestamp
        self.uuid = uuid
        self.parent_uuid = parent_uuid
        self.is_sidechain = is_sidechain
        self.payload = payload

    def to_dict(self) -> "dict[str, Any]":
        """The event as JSON has it."""
        return {name: getattr(self, name) for name in FIELDS}

    @classmethod
    def from_dict(cls, value: "dict[str, Any]") -> "SessionEvent":
        """The event that ``to_dict`` wrote. Raises KeyError where a field is missing."""
        return cls(**{name: value[name] for name in FIELDS})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SessionEvent) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"SessionEvent({self.seq}, {self.kind!r}, {self.timestamp!r}, {self.payload!r})"


FIELDS = ("session_uid", "seq", "kind", "timestamp", "uuid", "parent_uuid", "is_sidechain", "payload")
