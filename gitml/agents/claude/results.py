"""Tool results: how a call ended, what it touched, and what a sub-agent reports back."""

import re

from gitml.agents.claude.content import content
from gitml.agents.claude.usage import usage
from gitml.agents.commands import outcome
from gitml.agents.fields import count, known, mapping, text
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.claude.state import State, Tool

PREVIEW = 2000
"""Characters of a result's text that are kept: what the client itself keeps of one too large."""

REJECTED = ("The user doesn't want to proceed with this tool use", "The user doesn't want to take this action")
INTERRUPTED = "[Request interrupted by user"
TIMEOUT = "Command timed out after"
CASCADE = ("<tool_use_error>Sibling ", "<tool_use_error>Cancelled: parallel tool call")
EXIT = re.compile(r"(?:Error: )?Exit code (\d{1,10})\b")
AGENT = re.compile(r"\bagentId: ([A-Za-z0-9_-]{1,100})")
SECONDS = 1000

TOOL: "Tool" = ("", "", "")


def result(block: "dict[str, Any]", rich: object, state: "State") -> "dict[str, Any]":
    """The payload of a tool_result event. ``rich`` is the record's ``toolUseResult``: dict, string, list or None."""
    tool_id = text(block.get("tool_use_id"))
    tool = state.tools.get(tool_id, TOOL)
    said = content(block.get("content")).text
    status = status_of(block.get("is_error") is True, said, rich)
    return {
        "tool_id": tool_id,
        "status": status,
        "text": said[:PREVIEW],
        **known(duration_ms=duration(rich), files=files(rich), exit_code=_exit_code(said, status)),
        **outcome(rich, _output(mapping(rich)) or said, tool[1] if tool[0] == "shell" else ""),
        **known(agent=_agent(mapping(rich), said, tool) or None),
    }


def status_of(failed: bool, said: str, rich: object) -> str:
    """One of STATUSES. A rejection is a person's decision; a cascade is another call's fault."""
    stopped = mapping(rich).get("interrupted") is True
    if not (failed or stopped or said.startswith(CASCADE)):
        return "ok"
    if said.startswith(REJECTED):
        return "rejected"
    if said.startswith(CASCADE):
        return "cascade"
    if TIMEOUT in said[:PREVIEW] or TIMEOUT in text(mapping(rich).get("stderr"))[:PREVIEW]:
        return "timeout"
    return "interrupted" if stopped or said.startswith(INTERRUPTED) else "error"


def duration(rich: object) -> "int | None":
    """Milliseconds, where the result states how long it took in any of the tools' ways."""
    stated = mapping(rich)
    for name in ("durationMs", "totalDurationMs"):
        if (found := count(stated.get(name))) is not None:
            return found
    seconds = stated.get("durationSeconds")
    return round(seconds * SECONDS) if isinstance(seconds, int | float) and 0 <= seconds < 1e9 else None


def files(rich: object) -> list[str]:
    """Paths that a tool read or wrote, as the source has them; not those that a search listed."""
    stated = mapping(rich)
    found = [text(stated.get("filePath")), text(mapping(stated.get("file")).get("filePath"))]
    return list(dict.fromkeys(path for path in found if path))


def _output(rich: "dict[str, Any]") -> str:
    """What a shell command printed, whole, where the rich form has it: the text may be a preview."""
    return "\n".join(part for part in (text(rich.get("stdout")), text(rich.get("stderr"))) if part)


def _exit_code(said: str, status: str) -> "int | None":
    """Failing commands say so in their text, from 2.0 on."""
    found = EXIT.match(said) if status != "ok" else None
    return int(found[1]) if found else None


def _agent(rich: "dict[str, Any]", said: str, tool: "Tool") -> "dict[str, Any]":
    """What a sub-agent's result says of it. Its usage is that of its last call, not the sum (60 of 60)."""
    named = AGENT.search(said) if tool[0] == "agent" else None
    agent_id = short(rich.get("agentId")) or (named[1] if named else "")
    if tool[0] != "agent" and not agent_id:
        return {}
    numbers = rich.get("usage")
    return {
        "async": rich.get("isAsync") is True or rich.get("status") == "async_launched",
        **known(
            id=agent_id,
            type=tool[1] or short(rich.get("agentType")),
            tokens=count(rich.get("totalTokens")),
            tool_uses=count(rich.get("totalToolUseCount")),
            duration_ms=count(rich.get("totalDurationMs")),
            usage=usage(numbers) if isinstance(numbers, dict) else None,
        ),
    }
