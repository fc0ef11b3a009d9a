"""The registry of sessions, for tests: a store with it, callers, and moments that jump."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gitml.ops.context import Context, open_at
from gitml.ops.registry import register as registering
from gitml.ops.registry.caller import Caller
from gitml.ops.registry.holder import Holder
from gitml.store.heartbeats import Moment

BOOT = "11111111-aaaa-4bbb-8ccc-222222222222"


def at(seconds: float, wall: float | None = None, boot: str = BOOT) -> Moment:
    """A moment so many seconds after some start; the wall clock may show anything."""
    return Moment(1_795_000_000 + (seconds if wall is None else wall), 5_000 + seconds, boot)


def opened(folder: Path) -> Context:
    """The context of a work tree with local state."""
    (folder / ".git" / "gitml").mkdir(exist_ok=True) if (folder / ".git").is_dir() else None
    return open_at(str(folder))


def take(context: Context, session_id: str, now: Moment, number: int = 0, role: str = "", goal: str = "") -> Holder:
    """Register a session of an agent whose process nobody knows."""
    asked = registering.Asked("a test", context.where.root, number, role, goal)
    return registering.register(context, Caller("claude", session_id), asked, now=now).holder


def gitml(
    folder: Path, *arguments: str, env: dict[str, str] | None = None, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command line; it must end with ``code``."""
    done = subprocess.run(
        [sys.executable, "-m", "gitml", *arguments],
        cwd=folder, env=os.environ | (env or {}), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done


def answer(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Any:
    """What a ``session`` command answers in JSON."""
    return json.loads(gitml(folder, "session", *arguments, "--json", env=env).stdout)


def hook(folder: Path, event: str, session_id: str, command: Sequence[str] = (), **payload: Any) -> None:
    """Run the agent's hook as the agent does, through ``command`` if that is given."""
    given = {"session_id": session_id, "cwd": str(folder), "hook_event_name": event, **payload}
    done = subprocess.run(
        [*command, sys.executable, "-m", "gitml", "hook", "claude"],
        cwd=folder, input=json.dumps(given).encode(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def numbers(folder: Path) -> dict[int, str]:
    """{number: state} as ``session list`` has it."""
    return {row["number"]: row["state"] for row in answer(folder, "list")}
