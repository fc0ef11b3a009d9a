"""A tool call's result: how it ended, what it touched, what it printed."""

import json
import re

from gitml.agents.commands import operations, outcome
from gitml.agents.fields import items, known, mapping, text
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PREVIEW = 2000
"""Characters of a result's text that are kept."""

DONE = {"success": "ok", "error": "error", "cancelled": "interrupted"}
CANCELLED = "[Operation Cancelled]"
DENIED = ("User denied execution", "User did not allow tool call", "User rejected this operation")
TIMEOUT = "Command was automatically cancelled because it exceeded the timeout of"
EXIT = re.compile(r"^Exit Code: (\d{1,10})$", re.MULTILINE)
"""Among what the shell tool says of a command; up to 0.2x always, later where it is not 0."""
SHELL = "run_shell_command"
WRAPPING = ("<untrusted_context>\n", "\n</untrusted_context>")
"""What 0.61 puts around what came from outside."""


def is_done(call: "dict[str, Any]") -> bool:
    """Whether the call has come to its end."""
    return text(call.get("status")) in DONE


def agent_of(call: "dict[str, Any]") -> str:
    """What sort of sub-agent a call started: one tool starts them all and is told which, or each has a tool of its own
    name."""
    return short(mapping(call.get("args")).get("agent_name")) or short(call.get("name"))


def result(call: "dict[str, Any]") -> "dict[str, Any]":
    """The payload of the tool_result event of a finished call."""
    said = _said(call.get("result"))
    is_shell = call.get("name") == SHELL
    code = _exit_code(said) if is_shell else None
    done = operations(text(mapping(call.get("args")).get("command"))) if is_shell else ""
    agent = short(call.get("agentId"))
    return {
        "tool_id": call["id"],
        "status": _status(call, said, code),
        "text": said[:PREVIEW],
        **known(files=_files(call), exit_code=code),
        **outcome(None, _printed(said) if done else "", done),
        **known(agent={"async": False, "id": agent, "type": agent_of(call)} if agent else None),
    }


def _status(call: "dict[str, Any]", said: str, code: "int | None") -> str:
    """One of STATUSES. The shell tool calls it a success whenever the command ran, however that ended."""
    status = DONE[call["status"]]
    if said.startswith((TIMEOUT, f"Output: {TIMEOUT}")):
        return "timeout"
    if status != "ok" and any(words in said[:PREVIEW] for words in DENIED):
        return "rejected"
    if said.startswith(CANCELLED):
        return "interrupted"
    return "error" if status == "ok" and code else status


def _said(value: object) -> str:
    """The text of a result: a string, or the API's parts."""
    parts = [value] if isinstance(value, str | dict) else items(value)
    said = "\n".join(said for said in map(_part, parts) if said)
    return said.removeprefix(WRAPPING[0]).removesuffix(WRAPPING[1])


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    answer = mapping(mapping(mapping(part).get("functionResponse")).get("response"))
    for key in ("error", "output", "content"):
        if isinstance(answer.get(key), str):
            return str(answer[key])
    return json.dumps(answer, ensure_ascii=False) if answer else text(mapping(part).get("text"))


def _exit_code(said: str) -> "int | None":
    found = EXIT.findall(said)
    return int(found[-1]) if found else None


def _printed(said: str) -> str:
    """What a command printed, its first line at a line's start."""
    return re.sub(r"^Output: ", "Output:\n", said, count=1, flags=re.MULTILINE)


def _files(call: "dict[str, Any]") -> list[str]:
    """The file that a shown change is of."""
    path = text(mapping(call.get("resultDisplay")).get("filePath"))
    return [path] if path else []
