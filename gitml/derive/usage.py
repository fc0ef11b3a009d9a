"""Tokens, each response counted once however many records repeat its usage."""

from gitml.model.events import USAGE_KEYS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WINDOW = 256
"""Responses remembered. Chunks of one response are a few records apart (2,313 of 49,961 groups have others between);
the window is trimmed by count alone, so that reading in pieces gives what reading whole gives."""


def empty() -> "dict[str, int]":
    """No tokens."""
    return dict.fromkeys(USAGE_KEYS, 0)


def add(total: "dict[str, int]", part: "dict[str, int]") -> None:
    """Add ``part`` to ``total`` in place."""
    for key in USAGE_KEYS:
        total[key] += part.get(key, 0)


class Meter:
    """Counts usage by response key, and how many responses never said that they were done (a lower bound)."""

    __slots__ = ("open_ended", "seen", "total")

    def __init__(self, state: "dict[str, Any] | None" = None) -> None:
        state = state or {}
        self.total: dict[str, int] = {**empty(), **state.get("total", {})}
        self.open_ended: int = state.get("open_ended", 0)
        self.seen: dict[str, list[int]] = {key: list(value) for key, value in state.get("seen", {}).items()}

    def state(self) -> "dict[str, Any]":
        """JSON-able; ``Meter(state)`` goes on from it."""
        return {
            "total": dict(self.total),
            "open_ended": self.open_ended,
            "seen": {key: list(value) for key, value in self.seen.items()},
        }

    def count(self, payload: "dict[str, Any]") -> "tuple[dict[str, int], int] | None":
        """Take in the usage of one event. Returns what it adds (tokens, open-ended responses); None without usage.

        Within a response the newest record counts, with the largest ``output``: the numbers never fall, and the last
        record is the greatest in 13,599 of 13,599 that differ.
        """
        usage = payload.get("usage")
        if not isinstance(usage, dict):
            return None
        now = [_whole(usage.get(key)) for key in USAGE_KEYS]
        done = 1 if payload.get("stop_reason") or payload.get("final") else 0
        key = str(payload.get("response") or "")
        before = self.seen.get(key)
        if before is None:
            before = [0] * len(USAGE_KEYS) + [1]
            open_ended = 1 - done
        else:
            now[1] = max(now[1], before[1])
            done = max(done, before[-1])
            open_ended = before[-1] - done
        self._remember(key, [*now, done])
        added = {name: now[index] - before[index] for index, name in enumerate(USAGE_KEYS)}
        add(self.total, added)
        self.open_ended += open_ended
        return added, open_ended

    def _remember(self, key: str, values: "list[int]") -> None:
        self.seen[key] = values
        if len(self.seen) > WINDOW:
            del self.seen[next(iter(self.seen))]


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
