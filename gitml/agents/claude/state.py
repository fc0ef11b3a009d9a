"""What a reader must remember between lines, and between runs: ids, hashes and numbers; never text.

It is stored in cursors. Everything is bounded, and the bounds are by count, so that reading in pieces remembers exactly
what reading whole would. What changes rarely is replaced, not changed, so that the state before a line is a few
references; the window of records alone grows in place and keeps a journal.
"""

from gitml.agents.fields import count, items, mapping, text
from gitml.model.digest import hexhash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Tool = tuple[str, str, str]  # "shell" and its git operations, or "agent", its type and the hash of its prompt
    Place = tuple[int, int]  # offset of a line, and which object on it

WINDOW = 2048
"""Records that are remembered to tell a replay and a parent. The longest stretch replayed in a real file has 25 tool
calls; parents lie at most some hundred records back."""

TOOLS, CHAINS, QUEUE, DELIVERED = 256, 256, 256, 64
HASH = 12
"""Hexadecimal digits: in a window of 2,048, one record in 10^11 would be taken for another."""


def digest(value: str) -> str:
    """The short hash by which ids and texts are remembered."""
    return hexhash(value, HASH)


class Window:
    """The last ``WINDOW`` records: hash of the uuid -> the inline agent it belongs to, or ""."""

    __slots__ = ("added", "dropped", "entries")

    def __init__(self, entries: "dict[str, str]") -> None:
        self.entries = entries
        self.added = 0
        self.dropped: list[tuple[str, str]] = []

    def mark(self) -> None:
        """From here on, ``before`` is what is there now."""
        self.added = 0
        self.dropped = []

    def add(self, key: str, value: str) -> None:
        """Remember a record; the oldest goes when there are too many."""
        self.entries[key] = value
        self.added += 1
        if len(self.entries) > WINDOW:
            oldest = next(iter(self.entries))
            self.dropped.append((oldest, self.entries.pop(oldest)))

    def packed(self, before: bool = False) -> str:
        """Oldest first, each the hash and behind it the value. ``before``: as it was at ``mark``.

        One string, because a cursor's strings are looked at for secrets one by one: 5 ms for 2,048 of them.
        """
        whole = [*self.dropped, *self.entries.items()] if before else list(self.entries.items())
        return " ".join(key + value for key, value in whole[: len(whole) - self.added if before else None])


class State:
    """One reader's memory. ``snapshot`` of the newest line and of the line before it are both at hand."""

    __slots__ = ("boundary", "chains", "delivered", "marked", "queue", "seen", "seq", "tools", "version")

    def __init__(self, stored: "dict[str, Any] | None") -> None:
        """From what ``after`` or ``before`` gave; from nothing where that is damaged or absent."""
        kept = mapping(stored)
        self.seq: int = count(kept.get("seq")) or 0
        self.version = text(kept.get("version"))
        self.boundary = kept.get("boundary") is True
        self.seen = Window({entry[:HASH]: entry[HASH:] for entry in text(kept.get("seen")).split()})
        self.tools: dict[str, Tool] = {key: _three(value) for key, value in mapping(kept.get("tools")).items()}
        self.chains: dict[str, str] = {key: text(value) for key, value in mapping(kept.get("chains")).items()}
        self.queue: tuple[Place, ...] = tuple(_place(value) for value in items(kept.get("queue")))
        self.delivered: tuple[str, ...] = tuple(text(value) for value in items(kept.get("delivered")))
        self.marked = self._small()

    def mark(self) -> None:
        """A new line begins: what is remembered now is what ``before`` tells until the next one."""
        self.seen.mark()
        self.marked = self._small()

    def before(self) -> "dict[str, Any]":
        """JSON-able memory as it was before the newest line."""
        return {**_json(self.marked), "seen": self.seen.packed(before=True)}

    def after(self) -> "dict[str, Any]":
        """JSON-able memory after the newest line."""
        return {**_json(self._small()), "seen": self.seen.packed()}

    def next_seq(self) -> int:
        """The number of the next event."""
        self.seq += 1
        return self.seq - 1

    def remember_tool(self, tool_id: str, tool: "Tool") -> None:
        """A tool call whose result will need to know about it."""
        self.tools = _last({**self.tools, tool_id: tool}, TOOLS)

    def remember_chain(self, agent_id: str, parent_tool_id: str) -> None:
        """A sub-agent met in this file, and the tool call that started it, or ""."""
        self.chains = _last({**self.chains, agent_id: parent_tool_id}, CHAINS)

    def _small(self) -> "tuple[Any, ...]":
        return (self.seq, self.version, self.boundary, self.tools, self.chains, self.queue, self.delivered)


NAMES = ("seq", "version", "boundary", "tools", "chains", "queue", "delivered")


def _json(small: "tuple[Any, ...]") -> "dict[str, Any]":
    made = dict(zip(NAMES, small, strict=True))
    made["tools"] = {key: list(value) for key, value in made["tools"].items()}
    made["queue"] = [list(place) for place in made["queue"]]
    made["delivered"] = list(made["delivered"])
    return made


def _last(entries: "dict[str, Any]", limit: int) -> "dict[str, Any]":
    return entries if len(entries) <= limit else dict(list(entries.items())[-limit:])


def _three(value: object) -> "Tool":
    one, two, three = (*map(text, items(value)), "", "", "")[:3]
    return one, two, three


def _place(value: object) -> "Place":
    offset, index = (*map(count, items(value)), 0, 0)[:2]
    return offset or 0, index or 0
