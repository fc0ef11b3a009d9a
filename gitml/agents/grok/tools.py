"""Tool calls: announced, then filled in, then finished."""

import json
import re

from gitml.agents.commands import operations, outcome
from gitml.agents.fields import count, items, known, mapping, text
from gitml.agents.names import short
from gitml.model.digest import hexhash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.grok.events import Fact, Told

    Memory = dict[str, Any]
    Record = dict[str, Any]

CALLS = 256
"""Calls that are remembered until their result comes."""
PREVIEW = 2000
STATUSES = {"completed": "ok", "failed": "error"}
SHELLS = ("run_terminal_cmd", "run_terminal_command", "bash", "shell")
TOOL = "x.ai/tool"
AGENTS = ("spawn_subagent", "task", "Task")
AGENT = re.compile(r"\bsubagent_id: ([A-Za-z0-9_-]{1,100})")
BACKGROUND = "started in background"


def _called(told: "Told", memory: "Memory") -> "list[Fact]":
    """The call is told when it says what it is called with: at once, or with its next update."""
    call_id = text(told.update.get("toolCallId"))
    key = hexhash(call_id, 12)
    if not call_id or key in memory["calls"]:
        return []
    given = _input(told.update)
    _remember(memory, key, [_name(told.update), bool(given), _done(told.update, given)])
    return _use(call_id, memory["calls"][key][0], given, told) if given else []


def _updated(told: "Told", memory: "Memory") -> "list[Fact]":
    call_id = text(told.update.get("toolCallId"))
    key = hexhash(call_id, 12)
    call = items(memory["calls"].get(key))
    if len(call) != 3:
        return []
    name, was_told, done = text(call[0]), call[1] is True, text(call[2])
    given, status = _input(told.update), STATUSES.get(text(told.update.get("status")), "")
    made = _use(call_id, name, given, told) if not was_told and (given or status) else []
    done = done if was_told else _done({**told.update, "title": name}, given)
    if status:
        memory["calls"] = {other: call for other, call in memory["calls"].items() if other != key}
        memory["round"] += 1
        return [*made, ("tool_result", _result(call_id, name, status, done, told.update))]
    if made:
        _remember(memory, key, [name, True, done])
    return made


def _remember(memory: "Memory", key: str, call: "list[Any]") -> None:
    memory["calls"] = dict(list({**memory["calls"], key: call}.items())[-CALLS:])


def _use(call_id: str, name: str, given: "Record", told: "Told") -> "list[Fact]":
    return [("tool_use", {"tool_id": call_id, "name": name, "input": given, **told.shared()})]


def _name(update: "Record") -> str:
    """A call is announced with its tool's name for a title; from then on the title is for people."""
    return short(mapping(mapping(update.get("_meta")).get(TOOL)).get("name")) or short(update.get("title")) or "tool"


def _input(update: "Record") -> "Record":
    given = update.get("rawInput")
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return {}
    return mapping(given)


def _done(update: "Record", given: "Record") -> str:
    """The git operations of a shell command, as letters."""
    return operations(text(given.get("command"))) if _name(update) in SHELLS else ""


def _result(call_id: str, name: str, status: str, done: str, update: "Record") -> "dict[str, Any]":
    said, raw = _said(update), mapping(update.get("rawOutput"))
    code = count(raw.get("exit_code"))
    return {
        "tool_id": call_id,
        "status": _status(status, code if name in SHELLS else None, raw),
        "text": said[:PREVIEW],
        **known(files=_files(update), exit_code=code if name in SHELLS else None),
        **outcome(None, said if done else "", done),
        **known(agent=_agent(said) if name in AGENTS else None),
    }


def _status(status: str, code: "int | None", raw: "Record") -> str:
    """One of STATUSES. A command that ran is completed, however it ended."""
    if raw.get("timed_out") is True:
        return "timeout"
    return "error" if code else status


def _agent(said: str) -> "Record | None":
    """The sub-agent that a result tells of."""
    found = AGENT.search(said)
    return {"async": BACKGROUND in said, "id": found[1]} if found else None


def _said(update: "Record") -> str:
    """The result's text, or what the tool gave where it has none."""
    blocks = (mapping(mapping(part).get("content")) or mapping(part) for part in items(update.get("content")))
    said = "".join(text(block.get("text")) for block in blocks)
    raw = update.get("rawOutput")
    if said or raw is None:
        return said
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def _files(update: "Record") -> list[str]:
    """The files that a result is of: where it points to, and those it shows a change of."""
    places = [mapping(place) for place in items(update.get("locations"))]
    changes = [part for part in map(mapping, items(update.get("content"))) if part.get("type") == "diff"]
    return list(dict.fromkeys(path for part in (*places, *changes) if (path := text(part.get("path")))))


FACTS: "Any" = {"tool_call": _called, "tool_call_update": _updated}
