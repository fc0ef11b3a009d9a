"""Models of other makers on this machine: every request to either endpoint gets the same answer."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.loopback import Loopback

ANSWER = 'hello from "next door", ü\nin two lines'
USAGE = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}


class OtherModels(Loopback):
    """Serves the requests of Codex, Gemini CLI and Grok CLI."""

    def __init__(self) -> None:
        super().__init__(_Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        self._send("application/json", json.dumps({"object": "list", "data": [], "models": []}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.endswith("/responses"):
            self._send("text/event-stream", _responses())
        elif self.path.endswith("/chat/completions"):
            self._send("text/event-stream", _completions())
        elif "streamGenerateContent" in self.path:
            self._send("text/event-stream", f"data: {json.dumps(_generated())}\r\n\r\n")
        else:
            self._send("application/json", json.dumps({**_generated(), "totalTokens": 10}))

    def _send(self, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _responses() -> str:
    said = {"type": "message", "role": "assistant", "id": "m1", "content": [{"type": "output_text", "text": ANSWER}]}
    events = [
        {"type": "response.created", "response": {"id": "r1"}},
        {"type": "response.output_item.done", "item": said},
        {"type": "response.completed", "response": {"id": "r1", "usage": USAGE}},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def _completions() -> str:
    deltas: list[Any] = [({"role": "assistant", "content": ANSWER}, None), ({}, "stop")]
    chunks = [{"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]} for delta, reason in deltas]
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    shared = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "made-up"}
    told = [json.dumps({**shared, **chunk}) for chunk in (*chunks, {"choices": [], "usage": usage})]
    return "".join(f"data: {one}\n\n" for one in (*told, "[DONE]"))


def _generated() -> dict[str, Any]:
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": ANSWER}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15},
    }
