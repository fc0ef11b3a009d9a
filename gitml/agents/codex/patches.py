"""Patches: which files one writes, whichever way it is handed over."""

import re

from gitml.agents.fields import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILES_MAX = 200
HEADER = re.compile(r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$", re.MULTILINE)
BEGIN = "*** Begin Patch"
TOOL = re.compile(r"\b(?:apply_patch|applypatch)\b")
"""The program that a shell command hands a patch to, as an argument or in a heredoc."""


def files(name: str, given: "dict[str, Any]", command: str) -> list[str]:
    """Paths that a call adds, updates, deletes or moves to, as the patch has them; [] for a call without a patch."""
    if TOOL.fullmatch(name):
        patch = next((given[key] for key in ("input", "patch") if isinstance(given.get(key), str)), "")
        return _in(text(patch))
    start = command.find(BEGIN)
    return _in(command[start:]) if start >= 0 and TOOL.search(command[:start]) else []


def _in(patch: str) -> list[str]:
    return list(dict.fromkeys(HEADER.findall(patch)))[:FILES_MAX]
