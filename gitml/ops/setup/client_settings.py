"""Clients' settings as they read them themselves, every file, the weakest first: how long they keep transcripts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitml.ops.setup.clients import CLAUDE, GEMINI
from gitml.ops.setup.paths import Refused
from gitml.ops.setup.settings_plan import load

MANAGED = (
    "/etc/claude-code/managed-settings.json",
    "/Library/Application Support/ClaudeCode/managed-settings.json",
)
"""Where an administrator's settings lie, on Linux and on macOS."""

CLEANUP_DAYS = 30
"""The client's own default of ``cleanupPeriodDays``; the minimum is 1. It deletes transcripts silently, at start."""

SYSTEM = (
    ("/etc/gemini-cli/system-defaults.json", "/Library/Application Support/GeminiCli/system-defaults.json"),
    ("/etc/gemini-cli/settings.json", "/Library/Application Support/GeminiCli/settings.json"),
)
"""Gemini CLI's for the whole machine: weaker than a person's, and stronger."""

RETENTION = {"enabled": True, "maxAge": "30d"}
"""Its own defaults of ``general.sessionRetention`` (0.61; some versions before it kept everything)."""
PERIOD = re.compile(r"([1-9]\d{0,5})([hdwm])\Z")
UNITS = {"h": 1 / 24, "d": 1.0, "w": 7.0, "m": 30.0}


def everywhere(root: str, environ: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, values) of every settings file in force in the repository; those that cannot be read are left out."""
    return _read([*CLAUDE.files(root, environ, True), *CLAUDE.files(root, environ, False), *MANAGED])


def _read(paths: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in paths:
        try:
            node = load(os.path.dirname(path), path)[1]
        except Refused:
            continue
        if node is not None:
            yield path, node.value


def cleanup_days(root: str, environ: Mapping[str, str]) -> int:
    """After how many days the client deletes a transcript that did not grow. A value of no sense counts for nothing."""
    days = CLEANUP_DAYS
    for _, values in everywhere(root, environ):  # the strongest comes last
        said = values.get("cleanupPeriodDays")
        if isinstance(said, int) and not isinstance(said, bool) and said >= 0:
            days = said
    return days


def kept_days(agent: str, root: str, environ: Mapping[str, str]) -> float | None:
    """After how many days an agent deletes a transcript of its own accord; None where it never does."""
    if agent == CLAUDE.name:
        return cleanup_days(root, environ)
    return _retention(root, environ) if agent == GEMINI.name else None


def _retention(root: str, environ: Mapping[str, str]) -> float | None:
    """Gemini CLI's. A number of chats that it keeps at most (``maxCount``) says nothing of time."""
    weak, strong = map(list, SYSTEM)
    said: dict[str, Any] = dict(RETENTION)
    files = [*weak, *GEMINI.files(root, environ, True), *GEMINI.files(root, environ, False), *strong]
    for _, values in _read(files):
        general = values.get("general")
        own = general.get("sessionRetention") if isinstance(general, dict) else None
        said |= own if isinstance(own, dict) else {}
    period = PERIOD.match(str(said.get("maxAge")))
    return int(period[1]) * UNITS[period[2]] if said.get("enabled") is True and period is not None else None
