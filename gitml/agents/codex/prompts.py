"""What a person said: told by ``event_msg``; among ``response_item`` it stands beside much that nobody typed."""

import re

from gitml.agents.fields import items, mapping, text
from gitml.model.digest import hexhash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.memory import Memory

    Record = dict[str, Any]

REQUEST = "## My request for Codex:"
"""Before it stands what an editor has open."""

INJECTED = (
    "<environment_context>",
    "<user_instructions>",
    "<INSTRUCTIONS>",
    "# AGENTS.md instructions",
    "<turn_aborted>",
    "<user_shell_command>",
    "<subagent_notification>",
    "<skill>",
    "<permissions instructions>",
    "<collaboration_mode>",
    "Warning: apply_patch was requested via",
)
"""How messages begin that Codex writes in the user's name: 59 of 204 in real files."""

KINDS = ("user_instructions", "environment_context")
"""What older versions call the same, where they tell it by ``event_msg``."""

ITEM, TYPED = "item_completed", "user_message"
"""What tells what a person typed: the first since a version between 0.146 and 0.155, the other before."""

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


def told(payload: "Record", memory: "Memory") -> "Record | None":
    """The payload of a prompt that an ``event_msg`` tells; None where it is none, or was told in the other way."""
    kind, item = text(payload.get("type")), mapping(payload.get("item"))
    if kind == ITEM:
        prompt = _completed(item) if item.get("type") == "UserMessage" else None
    else:
        prompt = _typed(payload) if kind == TYPED else None
    if prompt is None:
        return None
    before, memory.now["told"] = memory.now["told"], [kind, hexhash(prompt["text"], 16)]
    again = before[0] != kind and before[1] == memory.now["told"][1] and memory.now["prompts"] > 0
    return None if again else prompt


def _completed(item: "Record") -> "Record | None":
    blocks = [mapping(block) for block in items(item.get("content"))]
    said = "\n".join(text(block.get("text")) for block in blocks if block.get("type") == "text")
    return _prompt(said, sum(block.get("type") in ("image", "local_image") for block in blocks))


def _typed(payload: "Record") -> "Record | None":
    if payload.get("kind") in KINDS:
        return None
    images = len(items(payload.get("images"))) + len(items(payload.get("local_images")))
    return _prompt(text(payload.get("message")), images)


def written(payload: "Record") -> "Record | None":
    """The same of a ``message`` of the user's among the response items."""
    blocks = [mapping(block) for block in items(payload.get("content"))]
    said = "\n".join(text(block.get("text")) for block in blocks if text(block.get("text")))
    if said.lstrip().startswith(INJECTED):
        return None
    return _prompt(said, sum(block.get("type") == "input_image" for block in blocks))


def _prompt(said: str, images: int) -> "Record | None":
    said = said.partition(REQUEST)[2].strip() if REQUEST in said else said
    return {"text": said, "origin": "prompt", "images": images} if said.strip() or images else None


def uuid_of(session_id: str, memory: "Memory") -> str:
    """An id for the next prompt: of its turn, which is the same in all copies of the session, else of the session.

    Prompts of one are told apart by a number behind a dot, so that what stands before it is found in the file.
    """
    turn, number = memory.now["turn"], memory.now["prompts"]
    memory.now["prompts"] = number + 1
    return f"{turn or session_id}.{number}" if number or not turn else str(turn)


def turn(payload: "Record", memory: "Memory") -> None:
    """A turn begins. Ids that are none of their own (``turn-1``, a number) name turns of many sessions."""
    named = text(payload.get("turn_id"))
    if UUID.match(named) and named != memory.now["turn"]:
        memory.now["turn"] = named
        memory.now["prompts"] = 0
