"""What only events tell of a session: retries of the API, interrupts, words typed while the agent was busy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.model.events import SessionEvent

Record = dict[str, Any]


class Signs:
    """``retries`` of the API · its ``errors`` · ``interrupts`` by a person · prompts ``queued`` while the agent was at
    work · ``compactions`` of the context · ``category`` of the last error."""

    __slots__ = ("category", "compactions", "errors", "interrupts", "queued", "retries")

    def __init__(self) -> None:
        self.retries = self.errors = self.interrupts = self.queued = self.compactions = 0
        self.category = ""

    def note(self, event: SessionEvent) -> None:
        """Take in an event of the main conversation or of a sub-agent."""
        payload = event.payload
        if event.kind == "error":
            self._failed(payload)
        elif event.kind == "compaction":
            self.compactions += 1
        elif event.kind == "user":
            self.interrupts += payload.get("origin") == "interrupt"
            self.queued += payload.get("queued") is True

    def _failed(self, payload: Record) -> None:
        if payload.get("retry"):
            self.retries += 1
        else:
            self.errors += 1
            self.category = str(payload.get("category") or "unknown")


def of_chats(chats: Iterable[Record]) -> Signs:
    """What the recorded chats still tell of it."""
    signs = Signs()
    for chat in chats:
        signs.interrupts += chat.get("status") == "interrupted"
        signs.errors += chat.get("status") == "error"
    signs.category = "unknown" if signs.errors else ""
    return signs
