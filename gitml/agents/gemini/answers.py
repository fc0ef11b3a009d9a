"""A model's message: its thoughts, its text, its tool calls with their results, and what it cost."""

from gitml.agents.fields import count, items, known, mapping, text
from gitml.agents.gemini.content import said_in
from gitml.agents.gemini.results import agent_of, is_done, result
from gitml.model.digest import hexhash
from gitml.model.jsonl import encode
from gitml.model.times import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.gemini.events import Fact, Record
    from gitml.agents.gemini.told import Told


def facts(message: "Record", told: "Told") -> "list[Fact]":
    """What is new of the message. Its usage goes with every event, and alone where nothing else is new."""
    shared = known(response=text(message.get("id")), model=text(message.get("model")))
    tokens = message.get("tokens")
    mark = hexhash(encode(list(map(count, mapping(tokens).values()))), 8) if tokens else ""
    if isinstance(tokens, dict) and tokens:
        shared |= {"usage": usage(tokens), "final": True}
    made = [*_thoughts(message, told, shared), *_text(message, told, shared), *_calls(message, told, shared)]
    if not made and mark and mark != told.usage:
        made = [("assistant", "", {"text": "", **shared})]
    told.usage = mark or told.usage
    return made


def usage(tokens: "dict[str, Any]") -> "dict[str, int]":
    """USAGE_KEYS of the API's counts. ``input`` includes what came from the cache; thoughts and what tools' results add
    are counted apart: total = input + output + thoughts + tool in every real message."""
    given, cached = count(tokens.get("input")) or 0, count(tokens.get("cached")) or 0
    return {
        "input": max(0, given - cached) + (count(tokens.get("tool")) or 0),
        "output": (count(tokens.get("output")) or 0) + (count(tokens.get("thoughts")) or 0),
        "cache_read": cached,
        "cache_write_5m": 0,
        "cache_write_1h": 0,
    }


def _thoughts(message: "Record", told: "Told", shared: "dict[str, Any]") -> "list[Fact]":
    thoughts = [mapping(thought) for thought in items(message.get("thoughts"))]
    new, told.thoughts = thoughts[told.thoughts :], max(told.thoughts, len(thoughts))
    return [("thinking", normal(thought.get("timestamp")), {"text": _thought(thought), **shared}) for thought in new]


def _thought(thought: "dict[str, Any]") -> str:
    return "\n".join(part for part in (text(thought.get("subject")), text(thought.get("description"))) if part)


def _text(message: "Record", told: "Told", shared: "dict[str, Any]") -> "list[Fact]":
    said = said_in(message.get("content")).text
    if told.said or not said.strip():
        return []
    told.said = True
    return [("assistant", "", {"text": said, **shared})]


def _calls(message: "Record", told: "Told", shared: "dict[str, Any]") -> "list[Fact]":
    """A call is told as soon as it is there, its result once it has one."""
    calls = [call for call in map(mapping, items(message.get("toolCalls"))) if text(call.get("id"))]
    new = [call for call in calls if told.is_new(call["id"], told.calls)]
    done = [call for call in calls if is_done(call) and told.is_new(call["id"], told.done)]
    begun: list[Fact] = [("tool_use", "", {**_call(call), **shared}) for call in new]
    return begun + [("tool_result", normal(call.get("timestamp")), result(call)) for call in done]


def _call(call: "dict[str, Any]") -> "dict[str, Any]":
    name, starts = text(call.get("name")), agent_of(call) if text(call.get("agentId")) else ""
    return {"tool_id": call["id"], "name": name, "input": mapping(call.get("args")), **known(starts=starts)}
