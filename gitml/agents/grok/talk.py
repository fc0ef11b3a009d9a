"""What a person and the model say."""

from gitml.agents.fields import mapping, text
from gitml.agents.grok.layout import blocks_of
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.grok.events import Fact, Told

    Memory = dict[str, Any]

CLIENTS = ("<system-reminder>", "<user_info>", "<background_context>", "<project_instructions>")
"""How texts begin that the client puts there in the user's name."""


def _user(told: "Told", memory: "Memory") -> "list[Fact]":
    """Once prompts have numbers, one without was typed while the agent was busy."""
    meta = mapping(told.update.get("_meta"))
    blocks = blocks_of(told.update.get("content"))
    said = "\n".join(part for part in (text(block.get("text")) for block in blocks) if part)
    images = sum(block.get("type") == "image" for block in blocks)
    is_numbered = isinstance(meta.get("promptIndex"), int)
    memory["numbered"] = memory["numbered"] or is_numbered
    memory["model"] = short(meta.get("modelId")) or memory["model"]
    if meta.get("hostTurn") is True or not (said.strip() or images):
        return []
    memory["round"] += 1
    payload: dict[str, Any] = {"text": said, "origin": _origin(said, told.aside), "images": images}
    if payload["origin"] == "prompt" and memory["numbered"] and not is_numbered:
        payload["queued"] = True
    return [("user", payload)]


def _origin(said: str, aside: bool) -> str:
    start = said.lstrip()
    if start.startswith(CLIENTS):
        return "meta"
    if aside:
        return "agent_prompt"
    return "command" if start.startswith("/") else "prompt"


def _said(told: "Told") -> str:
    return "".join(text(block.get("text")) for block in blocks_of(told.update.get("content")))


def _answer(told: "Told", memory: "Memory") -> "list[Fact]":
    said = _said(told)
    return [("assistant", {"text": said, **told.shared()})] if said.strip() else []


def _thought(told: "Told", memory: "Memory") -> "list[Fact]":
    said = _said(told)
    return [("thinking", {"text": said, **told.shared()})] if said.strip() else []


FACTS: "Any" = {"user_message_chunk": _user, "agent_message_chunk": _answer, "agent_thought_chunk": _thought}
