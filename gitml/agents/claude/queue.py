"""Prompts typed while the agent was busy: queued, and then delivered, or taken back, or never seen again.

An enqueue is no proof of delivery: in one source 1,636 dequeues are followed by nothing. What is waiting is the text of
a conversation, so the memory holds only where in the file it stands, and it is read again when it is delivered.
"""

from gitml.agents.claude.content import content
from gitml.agents.claude.parse import objects
from gitml.agents.claude.state import DELIVERED, QUEUE, digest
from gitml.agents.fields import mapping, text
from gitml.agents.lines import line_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.claude.state import Place, State

OPERATION_ONLY = (2, 1, 69)
"""Up to here (2.0.x to 2.1.6x) the text of what was put into the running turn is in the queue operation alone."""

ATTACHMENT_ALWAYS = (2, 1, 160)
"""From here on it is in an attachment as well, which has a uuid. Of those between no real file is known: whichever
comes first counts, and the other one is told by the hash of its text."""


def operated(record: "dict[str, Any]", place: "Place", path: str, state: "State") -> "dict[str, Any] | None":
    """The user record that a queue operation amounts to: a ``remove`` put its text into the running turn."""
    operation = record.get("operation")
    if operation == "enqueue":
        state.queue = (*state.queue, place)[-QUEUE:]
    elif operation == "dequeue":  # becomes a user record of its own
        state.queue = state.queue[1:]
    elif operation == "popAll":  # taken back into the editor
        state.queue = ()
    elif operation == "remove":
        waiting, state.queue = state.queue[:1], state.queue[1:]
        if version(state) < ATTACHMENT_ALWAYS:
            return _removed(record, _enqueued(path, waiting), state)
    return None


def attached(record: "dict[str, Any]", state: "State") -> "dict[str, Any] | None":
    """The user record that a ``queued_command`` attachment amounts to; None for other attachments."""
    attachment = mapping(record.get("attachment"))
    if attachment.get("type") != "queued_command":
        return None
    said = attachment.get("prompt")
    if _told(content(said).text, "r", "a", state):
        return None
    origin = attachment.get("origin")
    if not origin and "notification" in text(attachment.get("commandMode")):
        origin = {"kind": "notification"}
    return {**record, **_user(said), "origin": origin, "isMeta": attachment.get("isMeta")}


def version(state: "State") -> "tuple[int, ...]":
    """The newest version of the client that a record of the file names, as numbers; () where none does."""
    parts = state.version.split(".")[:3]
    return tuple(int(part) for part in parts) if all(part.isdecimal() and len(part) < 9 for part in parts) else ()


def _removed(record: "dict[str, Any]", enqueued: "dict[str, Any]", state: "State") -> "dict[str, Any] | None":
    said = text(record.get("content")) or text(enqueued.get("content"))  # some versions say what they remove
    if not said or _told(said, "a", "r", state):
        return None
    stable = "queued-" + digest(text(enqueued.get("timestamp") or record.get("timestamp")) + "\n" + said)
    return {**record, **_user(said), "uuid": stable}


def _user(said: object) -> "dict[str, Any]":
    return {"type": "user", "message": {"content": said}, "queued": True}


def _enqueued(path: str, waiting: "tuple[Place, ...]") -> "dict[str, Any]":
    """The enqueue that stands at a place of the file; {} where there is none, or the file no longer has it."""
    for offset, index in waiting:
        found, _ = objects(line_at(path, offset))
        if index < len(found) and found[index].get("operation") == "enqueue":
            return found[index]
    return {}


def _told(said: str, other: str, own: str, state: "State") -> bool:
    """Whether the other trace of this delivery has been told already; else this one is remembered."""
    if not OPERATION_ONLY < version(state) < ATTACHMENT_ALWAYS:
        return False
    mark = digest(said.strip())
    if other + mark in state.delivered:
        left = list(state.delivered)
        left.remove(other + mark)
        state.delivered = tuple(left)
        return True
    state.delivered = (*state.delivered, own + mark)[-DELIVERED:]
    return False
