"""Fires hooks as Claude Code does: runs the command strings that the repository's settings name, through sh."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SETTINGS = ("settings.json", "settings.local.json")
TIMEOUT = 60.0
"""Seconds, where an entry names none."""


@dataclass
class Fired:
    """One hook that ran: its command, exit code, what it printed, and how many seconds it took."""

    command: str
    code: int
    stdout: str
    stderr: str
    seconds: float


def commands(folder: str, event: str) -> dict[str, float]:
    """The commands of an event, each once, with their timeouts in seconds. Raises ValueError for bad JSON."""
    found: dict[str, float] = {}
    for name in SETTINGS:
        path = os.path.join(folder, ".claude", name)
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8") as file:
            groups = json.load(file).get("hooks", {}).get(event, [])
        for entry in (entry for group in groups for entry in group["hooks"]):
            found[entry["command"]] = entry.get("timeout", TIMEOUT)
    return found


def fire(folder: str, event: str, payload: dict[str, Any], environ: Mapping[str, str]) -> list[Fired]:
    """Run every command of an event with the payload on stdin, one after the other. Raises TimeoutExpired."""
    stdin = json.dumps({**payload, "hook_event_name": event})
    fired = []
    for command, timeout in commands(folder, event).items():
        began = time.monotonic()
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=dict(environ),
            check=False,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        fired.append(Fired(command, done.returncode, done.stdout, done.stderr, time.monotonic() - began))
    return fired
