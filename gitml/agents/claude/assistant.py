"""Assistant records: one content block each, the usage of the whole response repeated on every one."""

from gitml.agents.claude.content import blocks, content
from gitml.agents.claude.state import digest
from gitml.agents.claude.usage import SYNTHETIC, response
from gitml.agents.commands import operations
from gitml.agents.fields import mapping, text
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.claude.state import State

    Fact = tuple[str, dict[str, Any]]

NO_RESPONSE = "No response requested."
SHELLS = ("Bash", "PowerShell")
AGENTS = ("Task", "Agent")
CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
LIMITS = ("Claude AI usage limit reached", "You've hit your", "You're out of extra usage", "You've reached your")
"""How texts of a spent quota begin; up to 2.1.4 no ``error`` key names them."""


def facts(record: "dict[str, Any]", state: "State") -> "list[Fact]":
    """(kind, payload) of each event that an assistant record makes."""
    message = mapping(record.get("message"))
    said = content(message.get("content")).text
    shared = response(record, message)
    synthetic = message.get("model") == SYNTHETIC
    if synthetic and said.strip() == NO_RESPONSE:
        return [("system", {"subtype": "no_response"})]
    if record.get("isApiErrorMessage") is True or (synthetic and said.startswith("API Error")):
        return [("error", {"category": _category(record, said), "text": said, **shared})]
    made = [fact for block in blocks(message.get("content")) for fact in _block(block, shared, state)]
    # A record without a block that is known still was paid for.
    return made or ([("assistant", {"text": "", **shared})] if "usage" in shared else [])


def _block(block: "dict[str, Any]", shared: "dict[str, Any]", state: "State") -> "list[Fact]":
    kind = block.get("type")
    if kind == "text":
        return [("assistant", {"text": text(block.get("text")), **shared})]
    if kind in ("thinking", "redacted_thinking"):
        return [("thinking", {"text": text(block.get("thinking")), **shared})]
    if kind in CALLS:
        return [("tool_use", {**_call(block, state), **shared})]
    return []


def _call(block: "dict[str, Any]", state: "State") -> "dict[str, Any]":
    tool_id, name, given = text(block.get("id")), text(block.get("name")), mapping(block.get("input"))
    if name in SHELLS:
        found = operations(text(given.get("command")))
        if found and short(tool_id):
            state.remember_tool(tool_id, ("shell", found, ""))
    if name in AGENTS and short(tool_id):
        asked = digest(text(given.get("prompt")).strip())
        state.remember_tool(tool_id, ("agent", short(given.get("subagent_type")), asked))
    return {"tool_id": tool_id, "name": name, "input": given}


def _category(record: "dict[str, Any]", said: str) -> str:
    if said.startswith(LIMITS):
        return short(record.get("error")) or "rate_limit"
    return short(record.get("error")) or "unknown"
