"""Claude Code's settings as it reads them itself: every file, weakest first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from gitml.ops.setup.clients import CLAUDE
from gitml.ops.setup.paths import Refused
from gitml.ops.setup.settings_plan import load

MANAGED = (
    "/etc/claude-code/managed-settings.json",
    "/Library/Application Support/ClaudeCode/managed-settings.json",
)
"""Where an administrator's settings lie, on Linux and on macOS."""

CLEANUP_DAYS = 30
"""The client's own default of ``cleanupPeriodDays``; the minimum is 1. It deletes transcripts silently, at start."""


def everywhere(root: str, environ: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, values) of every settings file in force in the repository; those that cannot be read are left out."""
    paths = [*CLAUDE.files(root, environ, True), *CLAUDE.files(root, environ, False), *MANAGED]
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
