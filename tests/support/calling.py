"""Calling ``gitml hook AGENT`` as the agents do, with payloads of the shapes that they send."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SESSION = "01a1fa16-4767-7752-875a-7e62f4afd94e"


def codex(folder: Path, event: str, **more: Any) -> dict[str, Any]:
    """As Codex 0.169 sends it."""
    return {
        "session_id": SESSION, "turn_id": "01a1fa16-477e-7322-a91f-50727e9a3400", "transcript_path": None,
        "cwd": str(folder), "hook_event_name": event, "model": "gpt-5", "permission_mode": "default", **more,
    }  # fmt: skip


def gemini(folder: Path, event: str, **more: Any) -> dict[str, Any]:
    """As docs/hooks/reference.md of Gemini CLI has it."""
    return {
        "session_id": SESSION, "transcript_path": "", "cwd": str(folder), "hook_event_name": event,
        "timestamp": "2026-11-20T17:52:06.540Z", **more,
    }  # fmt: skip


def cursor(folder: Path, event: str, **more: Any) -> dict[str, Any]:
    """As Cursor's command line was seen to send it: no folder but the workspace's."""
    return {
        "conversation_id": SESSION, "generation_id": "g", "model": "m", "is_background_agent": False,
        "session_id": SESSION, "hook_event_name": event, "cursor_version": "2026.08.11-e8db854",
        "workspace_roots": [str(folder)], "user_email": None, "transcript_path": None, **more,
    }  # fmt: skip


def grok(folder: Path, event: str, **more: Any) -> dict[str, Any]:
    """As Grok 1.0.41 sends it: its own names, and Claude Code's."""
    root = f"{folder}/"
    return {
        "hookEventName": "x", "sessionId": SESSION, "cwd": str(folder), "workspaceRoot": root, "hook_event_name": event,
        "session_id": SESSION, "permission_mode": "default", "timestamp": "2026-11-20T18:48:17.391067587+00:00", **more,
    }  # fmt: skip


SHAPES = {"codex": codex, "gemini": gemini, "grok": grok, "cursor": cursor}


def call(
    agent: str, folder: Path, payload: dict[str, Any] | bytes, extra: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the hook; it ends with 0 and says nothing on stderr."""
    given = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "hook", agent],
        cwd=folder, env=os.environ | (extra or {}), input=given, capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    return done
