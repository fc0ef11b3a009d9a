"""A transcript as Claude Code 2.1 writes it, line by line as time goes on; the words in it come from the caller."""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from typing import Any

from gitml.model.times import of_epoch

VERSION = "2.1.329"
MODEL = "claude-scripted-1"


def slug(folder: str) -> str:
    """The name of a project's folder: its resolved path, with all but letters and digits turned into ``-``."""
    return re.sub(r"[^A-Za-z0-9]", "-", os.path.realpath(folder))


class Transcript:
    """One session's file. Every method appends one line, as the client does: in one write, with its newline."""

    def __init__(self, config_dir: str, folder: str, session_id: str, branch: str = "main") -> None:
        self.session_id = session_id
        self.path = os.path.join(config_dir, "projects", slug(folder), f"{session_id}.jsonl")
        self._envelope = {
            "isSidechain": False,
            "userType": "external",
            "cwd": os.path.realpath(folder),
            "sessionId": session_id,
            "version": VERSION,
            "gitBranch": branch,
            "entrypoint": "cli",
        }
        self._parent: str | None = None
        self._responses = 0

    def prompt(self, text: str) -> None:
        """What a person typed."""
        self._append(
            {
                "type": "user",
                "message": {"role": "user", "content": text},
                "permissionMode": "default",
                "promptSource": "typed",
                "origin": {"kind": "human"},
            }
        )

    def answer(self, text: str) -> None:
        """A response of the model that is text alone, and so ends the turn."""
        self._respond([{"type": "text", "text": text}], "end_turn")

    def call(self, text: str, name: str, given: dict[str, Any]) -> str:
        """A response that says ``text`` and calls a tool; the call's id."""
        call_id = f"toolu_{uuid.uuid4().hex[:24]}"
        block = {"type": "tool_use", "id": call_id, "name": name, "input": given, "caller": {"type": "direct"}}
        self._respond([{"type": "text", "text": text}, block], "tool_use")
        return call_id

    def result(self, call_id: str, text: str, rich: dict[str, Any] | str, failed: bool = False) -> None:
        """What the tool gave back: as the model sees it, and in the client's richer form."""
        block = {"type": "tool_result", "tool_use_id": call_id, "content": text, "is_error": failed}
        self._append(
            {
                "type": "user",
                "message": {"role": "user", "content": [block]},
                "toolUseResult": rich,
                "sourceToolAssistantUUID": self._parent,
            }
        )

    def after_stop(self, text: str) -> None:
        """The records that the client writes once the Stop hooks have run."""
        self._append({"type": "system", "subtype": "stop_hook_summary", "hookCount": 1, "hookErrors": []})
        self._write({"type": "last-prompt", "lastPrompt": text, "leafUuid": self._parent, "sessionId": self.session_id})

    def _respond(self, blocks: list[dict[str, Any]], stop: str) -> None:
        """One response of the API becomes one record a content block, all with its id and its usage."""
        self._responses += 1
        message_id, request_id = f"msg_{uuid.uuid4().hex[:24]}", f"req_{uuid.uuid4().hex[:24]}"
        usage = {
            "input_tokens": 12,
            "output_tokens": 40 + self._responses,
            "cache_read_input_tokens": 1000,
            "cache_creation_input_tokens": 50,
            "cache_creation": {"ephemeral_5m_input_tokens": 50, "ephemeral_1h_input_tokens": 0},
        }
        for block in blocks:
            message = {"id": message_id, "type": "message", "role": "assistant", "model": MODEL, "content": [block]}
            whole = message | {"stop_reason": stop, "stop_sequence": None, "usage": usage}
            self._append({"type": "assistant", "message": whole, "requestId": request_id})

    def _append(self, record: dict[str, Any]) -> None:
        made = {"parentUuid": self._parent, **self._envelope, **record}
        made |= {"uuid": str(uuid.uuid4()), "timestamp": of_epoch(time.time())}
        self._parent = made["uuid"]
        self._write(made)

    def _write(self, record: dict[str, Any]) -> None:
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)
