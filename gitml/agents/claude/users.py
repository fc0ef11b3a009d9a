"""User records: prompts, tool results, and everything else that comes in the user's name."""

from gitml.agents.claude.content import blocks, content
from gitml.agents.claude.origins import origin_of, spoken, without_ide
from gitml.agents.claude.results import result
from gitml.agents.fields import mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.claude.state import State

    Fact = tuple[str, dict[str, Any]]

TYPED = ("prompt", "command", "bash")
"""Origins that are a person's, in the main conversation alone: in a sub-agent's they are what it was asked."""


def facts(record: "dict[str, Any]", state: "State", sidechain: bool) -> "list[Fact]":
    """(kind, payload) of each event that a user record makes."""
    value = mapping(record.get("message")).get("content")
    found = blocks(value)
    results = [block for block in found if block.get("type") == "tool_result"]
    # A record has exactly one result in all real files; the rich form beside it then belongs to that one.
    rich = record.get("toolUseResult") if len(results) == 1 else None
    made: list[Fact] = [("tool_result", result(block, rich, state)) for block in results]
    others = [block for block in found if block.get("type") != "tool_result"]
    if others:
        made += _spoken(record, value if isinstance(value, str) else others, state, sidechain, bool(results))
    return made


def _spoken(record: "dict[str, Any]", value: object, state: "State", sidechain: bool, amid: bool) -> "list[Fact]":
    """What is said besides tool results. ``amid``: beside one, so it was typed while the agent was busy."""
    said = content(value)
    if not (said.text.strip() or said.images or said.documents):
        return []
    origin = origin_of(record, said.text)
    if origin == "prompt" and not (without_ide(said.text).strip() or said.images or said.documents):
        origin = "meta"  # an editor's note and nothing else
    text = spoken(origin, said.text)
    if sidechain and origin in TYPED:
        origin, text = "agent_prompt", said.text
    payload: dict[str, Any] = {"text": text, "origin": origin, "images": said.images}
    if origin == "prompt" and (amid or record.get("queued") is True):
        payload["queued"] = True
    return [*_compaction(origin, state), ("user", payload)]


def _compaction(origin: str, state: "State") -> "list[Fact]":
    """1.0.x writes no boundary: there the summary is the only trace of a compaction."""
    if origin != "compact_summary":
        return []
    told, state.boundary = state.boundary, False
    return [] if told else [("compaction", {"trigger": "unknown"})]
