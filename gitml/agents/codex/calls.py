"""Tool calls: a function's, a tool's of free text, the shell's, a search of the web."""

from gitml.agents.codex.memory import TOOLS
from gitml.agents.codex.patches import files
from gitml.agents.codex.records import decoded
from gitml.agents.commands import operations
from gitml.agents.fields import count, items, known, mapping, text
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.memory import Memory

    Fact = tuple[str, dict[str, Any]]

SHELLS = ("shell", "shell_command", "exec_command", "local_shell", "container.exec")
WRAPPED = 3
"""``["bash", "-lc", command]``: how most argument vectors are."""


def function(item: "dict[str, Any]", shared: "dict[str, Any]", memory: "Memory") -> "list[Fact]":
    """A ``function_call``; its arguments are JSON in a string, in some recordings an object."""
    raw = item.get("arguments")
    given = decoded(raw) or known(arguments=text(raw))
    return [_call(text(item.get("call_id")), text(item.get("name")), given, shared, memory)]


def custom(item: "dict[str, Any]", shared: "dict[str, Any]", memory: "Memory") -> "list[Fact]":
    """A ``custom_tool_call``: free text."""
    given = known(input=text(item.get("input")))
    return [_call(text(item.get("call_id")), text(item.get("name")), given, shared, memory)]


def local_shell(item: "dict[str, Any]", shared: "dict[str, Any]", memory: "Memory") -> "list[Fact]":
    """A ``local_shell_call``, which older models make."""
    action = mapping(item.get("action"))
    given = known(command=items(action.get("command")), workdir=text(action.get("working_directory")))
    return [_call(text(item.get("call_id")) or text(item.get("id")), "local_shell", given, shared, memory)]


def web_search(item: "dict[str, Any]", shared: "dict[str, Any]", memory: "Memory") -> "list[Fact]":
    """A ``web_search_call``: done on the model's side, so there is no record of what it found."""
    tool_id = text(item.get("id"))
    action = mapping(item.get("action"))
    given = known(**{key: text(action.get(key)) for key in ("type", "query", "url", "pattern")})
    called = _call(tool_id, "web_search", given, shared, memory)
    if item.get("status") != "completed":
        return [called]
    return [called, ("tool_result", {"tool_id": tool_id, "status": "ok", "text": ""})]


def command_of(given: "dict[str, Any]") -> str:
    """The shell command of a call's arguments, in any of three spellings; "" for none."""
    found = given.get("command") or given.get("cmd")
    if isinstance(found, str):
        return found
    argv = [text(part) for part in items(found)]
    return argv[2] if len(argv) == WRAPPED and argv[1] in ("-lc", "-c") else " ".join(argv)


def _call(tool_id: str, name: str, given: "dict[str, Any]", shared: "dict[str, Any]", memory: "Memory") -> "Fact":
    command = command_of(given) if name in SHELLS else ""
    _remember(tool_id, name, given, command, memory)
    written = known(files=files(name, given, command))
    return "tool_use", {"tool_id": tool_id, "name": name, "input": given, **written, **shared}


def _remember(tool_id: str, name: str, given: "dict[str, Any]", command: str, memory: "Memory") -> None:
    """A call whose output may tell of commits: of git, or of a shell in which git still runs."""
    found = operations(command)
    if name == "write_stdin":
        found = text(memory.now["shells"].get(str(count(given.get("session_id")))))
    if found and short(tool_id):
        kept = {**memory.now["tools"], tool_id: found}
        memory.now["tools"] = dict(list(kept.items())[-TOOLS:])
