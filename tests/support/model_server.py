"""A language model that says what a script tells it: a loopback server of the messages endpoint, for a real client.

``with ModelServer([Turn(text="…", tools=[("Bash", {"command": "ls"})]), Turn(text="done")]) as model:`` answers the
first request of the conversation with the first turn, and so on. Requests without tools (titles, summaries, topic
checks) are asides: they get a plain word and use up no turn. When the script is over every answer is ``OVER``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

from support.loopback import Loopback

OVER = "The script is over."
ASIDE = "A title"


@dataclass
class Turn:
    """One answer of the model: text first, then its tool calls as (name, input)."""

    text: str = ""
    tools: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class ModelServer(Loopback):
    """Serves a script; ``url`` is for ANTHROPIC_BASE_URL. ``requests`` keeps the bodies of the conversation."""

    def __init__(self, turns: list[Turn]) -> None:
        self.turns = turns
        self.requests: list[dict[str, Any]] = []
        self.asides = 0
        self._lock = threading.Lock()
        super().__init__(type("Handler", (_Handler,), {"model": self}))

    def answer(self, request: dict[str, Any]) -> tuple[int, Turn]:
        """The next turn of the script and its number from 1 on; an aside has the number 0."""
        with self._lock:
            if not request.get("tools"):
                self.asides += 1
                return 0, Turn(text=ASIDE)
            self.requests.append(request)
            number = len(self.requests)
            return number, self.turns[number - 1] if number <= len(self.turns) else Turn(text=OVER)


class _Handler(BaseHTTPRequestHandler):
    model: ClassVar[ModelServer]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        path = self.path.partition("?")[0]
        if path.endswith("/count_tokens"):
            self._send("application/json", b'{"input_tokens": 100}')
        elif not path.endswith("/messages"):
            self._send("application/json", b"{}")
        elif body.get("stream"):
            number, turn = self.model.answer(body)
            stream = "".join(map(as_sent, events(number, turn, body)))
            self._send("text/event-stream", stream.encode())
        else:
            number, turn = self.model.answer(body)
            self._send("application/json", json.dumps(message(number, turn, body)).encode())

    def do_GET(self) -> None:
        self._send("application/json", b"{}")

    def do_HEAD(self) -> None:
        self._send("application/json", b"")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _send(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("request-id", "req_scripted")
        self.end_headers()
        self.wfile.write(body)


def blocks(number: int, turn: Turn) -> list[dict[str, Any]]:
    """The content blocks of a turn, with ids that follow from its number."""
    made: list[dict[str, Any]] = [{"type": "text", "text": turn.text}] if turn.text else []
    for place, (name, given) in enumerate(turn.tools):
        made.append({"type": "tool_use", "id": f"toolu_{number:04d}{place:02d}", "name": name, "input": given})
    return made


def usage(number: int, output: int) -> dict[str, Any]:
    """Token counts that differ from turn to turn, so that a mix-up shows."""
    return {
        "input_tokens": 10 + number,
        "output_tokens": output,
        "cache_read_input_tokens": 100 * number,
        "cache_creation_input_tokens": number,
    }


def message(number: int, turn: Turn, request: dict[str, Any]) -> dict[str, Any]:
    """The whole answer as one object, as a request without ``stream`` gets it."""
    return {
        "id": f"msg_{number:04d}",
        "type": "message",
        "role": "assistant",
        "model": request.get("model", "scripted"),
        "content": blocks(number, turn),
        "stop_reason": "tool_use" if turn.tools else "end_turn",
        "stop_sequence": None,
        "usage": usage(number, 20 + number),
    }


def events(number: int, turn: Turn, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same answer as server-sent events."""
    whole = message(number, turn, request)
    yield {
        "type": "message_start",
        "message": whole | {"content": [], "stop_reason": None, "usage": usage(number, 1)},
    }
    for index, block in enumerate(whole["content"]):
        if block["type"] == "text":
            start, delta = block | {"text": ""}, {"type": "text_delta", "text": block["text"]}
        else:
            start = block | {"input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield {"type": "content_block_start", "index": index, "content_block": start}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
        "usage": {"output_tokens": whole["usage"]["output_tokens"]},
    }
    yield {"type": "message_stop"}


def as_sent(event: dict[str, Any]) -> str:
    """One server-sent event as text."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
