"""Orchestration: sub-agents started together, one record a batch.

A batch is what one response starts: two or more calls in it run in parallel, one alone is sequential.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.model.events import SessionEvent

BATCHES = 512
"""Batches of one conversation that can still change; the oldest is settled first."""


class Batches:
    """The batches that one conversation started. ``by_id`` is JSON-able."""

    __slots__ = ("by_id", "last_response", "links", "of_call")

    def __init__(self, state: "dict[str, Any] | None" = None) -> None:
        state = state or {}
        self.by_id: dict[str, dict[str, Any]] = {
            key: {**value, "calls": [dict(call) for call in value["calls"]]}
            for key, value in state.get("by_id", {}).items()
        }
        self.links: dict[str, str] = dict(state.get("links", {}))
        self.last_response: list[str] = list(state.get("last_response", ["", ""]))
        self.of_call = {call["tool_id"]: key for key, value in self.by_id.items() for call in value["calls"]}

    def state(self) -> "dict[str, Any]":
        """JSON-able; ``Batches(state)`` goes on from it."""
        copied = {key: {**value, "calls": [dict(call) for call in value["calls"]]} for key, value in self.by_id.items()}
        return {"by_id": copied, "links": dict(self.links), "last_response": list(self.last_response)}

    def start(self, event: "SessionEvent", session_id: str, chat_id: str, depth: int) -> None:
        """Take in a call that starts a sub-agent."""
        payload = event.payload
        tool_id = str(payload.get("tool_id", ""))
        if tool_id in self.of_call:
            return
        response = str(payload.get("response") or tool_id)
        if self.last_response[0] != response or self.last_response[1] not in self.by_id:
            self._open(event, response, session_id, chat_id, depth)
        batch = self.by_id[self.last_response[1]]
        given = payload.get("input") or {}
        call = {
            "tool_id": tool_id,
            "type": str(given.get("subagent_type") or payload.get("starts") or ""),
            "model": str(given.get("model") or ""),
            "tools": None,
            "duration_ms": None,
            "ok": None,
        }
        batch["calls"].append(call)
        self.of_call[tool_id] = self.last_response[1]
        _touch(batch, event)

    def _open(self, event: "SessionEvent", response: str, session_id: str, chat_id: str, depth: int) -> None:
        made = f"orch-{event.payload.get('tool_id', '')}"
        self.by_id[made] = {
            "timestamp": event.timestamp,
            "session_id": session_id,
            "chat_id": chat_id,
            "depth": depth,
            "calls": [],
            "updated_at": event.timestamp,
            "rev": 0,
        }
        self.last_response = [response, made]
        if len(self.by_id) > BATCHES:
            settled = self.by_id.pop(next(iter(self.by_id)))
            for call in settled["calls"]:
                del self.of_call[call["tool_id"]]

    def end(self, event: "SessionEvent") -> None:
        """Take in the result of such a call."""
        tool_id = str(event.payload.get("tool_id", ""))
        batch = self.of_tool(tool_id)
        if batch is None:
            return
        agent = event.payload.get("agent") or {}
        for call in batch["calls"]:
            if call["tool_id"] == tool_id:
                _finish(call, agent, event.payload.get("status") == "ok")
        _touch(batch, event)
        self.link(str(agent.get("id") or ""), tool_id)

    def link(self, agent_id: str, tool_id: str) -> None:
        """Say which call started an agent."""
        if agent_id and tool_id:
            self.links.setdefault(agent_id, tool_id)

    def of_tool(self, tool_id: str) -> "dict[str, Any] | None":
        """The batch that holds that call."""
        return self.by_id.get(self.of_call.get(tool_id, ""))


def _touch(batch: "dict[str, Any]", event: "SessionEvent") -> None:
    batch["rev"] += 1
    batch["updated_at"] = max(batch["updated_at"], event.timestamp)


def _finish(call: "dict[str, Any]", agent: "dict[str, Any]", ok: bool) -> None:
    if agent.get("async"):  # only its start was answered; how it went is not known yet
        return
    call["ok"] = ok
    call["type"] = call["type"] or str(agent.get("type") or "")
    call["tools"] = agent.get("tool_uses")
    call["duration_ms"] = agent.get("duration_ms")
