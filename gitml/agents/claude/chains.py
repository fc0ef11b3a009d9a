"""Which sub-agent a record belongs to, if any: by its file, by its own word, or by the chain of its parents."""

from gitml.agents.claude.content import content
from gitml.agents.claude.state import digest
from gitml.agents.fields import mapping, text
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import AgentFile
    from gitml.agents.claude.state import State


class Belonging:
    """The sub-agent of a record: its id, the tool call that started it, its type; each "" where not known.

    ``sidechain`` is False for the main conversation; ``new`` for the first record of an agent in its file.
    """

    __slots__ = ("agent_id", "new", "parent_tool_id", "sidechain", "type")

    def __init__(self, agent_id: str, parent_tool_id: str = "", type: str = "", sidechain: bool = True) -> None:
        self.agent_id = agent_id
        self.parent_tool_id = parent_tool_id
        self.type = type
        self.sidechain = sidechain
        self.new = False


MAIN = Belonging("", sidechain=False)


def belonging(record: "dict[str, Any]", agent: "AgentFile | None", state: "State") -> Belonging:
    """To whom a record belongs; an agent not met before in this file is remembered."""
    if agent is not None:
        found = Belonging(agent.agent_id, agent.parent_tool_id, agent.type)
    elif record.get("isSidechain") is not True:
        return MAIN
    elif short(record.get("agentId")):
        found = Belonging(record["agentId"], short(record.get("parentToolUseID")))
    else:
        found = _inline(record, state)
    if found.agent_id not in state.chains:
        found.new = True
        state.remember_chain(found.agent_id, found.parent_tool_id)
    else:
        found.parent_tool_id = found.parent_tool_id or state.chains[found.agent_id]
    return found


def _inline(record: "dict[str, Any]", state: "State") -> Belonging:
    """1.0.x: agents' records stand in the main file, and chains of parents tell parallel ones apart."""
    parent = record.get("parentUuid")
    known = state.seen.entries.get(digest(parent)) if isinstance(parent, str) else ""
    return Belonging(known) if known else _root(record, state)


def _root(record: "dict[str, Any]", state: "State") -> Belonging:
    """A chain's first record. Its text equals the prompt of the call that started it (160 of 163): the only link."""
    uuid = text(record.get("uuid"))
    name = "side-" + (short(uuid) or digest(uuid))[:8]
    asked = digest(content(mapping(record.get("message")).get("content")).text.strip())
    for tool_id, (kind, agent_type, prompt) in state.tools.items():
        if kind == "agent" and prompt == asked and tool_id not in state.chains.values():
            return Belonging(name, tool_id, agent_type)
    return Belonging(name)
