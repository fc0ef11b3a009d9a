"""Taking the texts out of old chats, if ``[retention] chat_bodies_days`` says so: git's history keeps them.

What is old is counted from the newest chat that is folded, not from the clock. So the same chats, digests and setting
give the same bytes, whoever compacts and when, in one step or in several.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from gitml.model import times
from gitml.model.canonical import MARK
from gitml.model.jsonl import decode, encode
from gitml.model.streams import in_order

STREAM, DIGESTS = "chats", "digests"
BODIES = ("input", "output")
DAY = 86_400


class Thinning:
    """``days`` after which a chat loses its texts; 0: never, and then this is False. ``count``: how many just did."""

    __slots__ = ("_now", "count", "days")

    def __init__(self, days: int, now: float) -> None:
        self.days = days
        self.count = 0
        self._now = now

    def __bool__(self) -> bool:
        return self.days > 0

    def limit(self, newest: bytes) -> str:
        """The timestamp of the day before which a chat is old; ``newest``: the time of the newest one. A clock that was
        wrong must not make everything old, so no chat counts as later than now."""
        last = min(times.millis(newest.decode("ascii")) / 1000, self._now)
        return times.of_epoch(max(last - self.days * DAY, 0) // DAY * DAY)

    def over(
        self, lines: Iterator[tuple[bytes, bytes]], limit: str, digested: Mapping[str, str]
    ) -> Iterator[tuple[bytes, bytes]]:
        """The same (timestamp, line) pairs, old chats without their texts. Only where the session's digest knows of the
        chat; ``digested`` {session_id: up to when its digest knows it}."""
        self.count = 0
        for time, line in lines:
            if time < limit.encode():
                thin = thinned(line, digested)
                self.count += thin != line
                line = thin
            yield time, line


def thinned(line: bytes, digested: Mapping[str, str]) -> bytes:
    """The line without its texts; as it is where it has none, no digest knows of it, or writing it anew would change
    something else."""
    chat = decode(line)
    known = digested.get(str(chat.get("session_id")), "")
    bodies = {key: chat[key] for key in BODIES if isinstance(chat.get(key), str) and chat[key]}
    if not bodies or str(chat.get("updated_at") or chat.get("timestamp")) > known:
        return line
    try:
        if encode(in_order(STREAM, chat)) != line:
            return line
        return encode(in_order(STREAM, {**chat, **dict.fromkeys(bodies), "thinned": _measured(bodies)}))
    except (ValueError, TypeError):  # a lone surrogate, a number beyond a double
        return line


def _measured(bodies: Mapping[str, str]) -> dict[str, Any]:
    """{input, output: {bytes, sha256}, redacted: how many marks are in them}"""
    texts = {key: text.encode() for key, text in bodies.items()}
    found: dict[str, Any] = {
        key: {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()} for key, text in texts.items()
    }
    return {**found, "redacted": sum(text.count(MARK) for text in texts.values())}
