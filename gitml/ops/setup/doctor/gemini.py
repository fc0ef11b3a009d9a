"""Checks of Gemini CLI: whether its settings switch hooks off (docs/reference/configuration.md of gemini-cli)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from gitml.ops.setup.clients import GEMINI
from gitml.ops.setup.doctor.agent import here
from gitml.ops.setup.doctor.finding import FAIL, Finding, Patient
from gitml.ops.setup.paths import Refused
from gitml.ops.setup.settings_plan import load

NAME = "gitml"
"""What the entries are called in that client, and switched off by."""


def switched_off(patient: Patient) -> Iterator[Finding]:
    """All hooks, or gitml's, in the person's settings or the repository's. A file with comments is not looked into."""
    if GEMINI not in here(patient):
        return
    for user in (True, False):
        for path in GEMINI.files(patient.root, patient.environ, user):
            for key in _off(_values(path)):
                yield Finding("agent hooks", FAIL, f"{key} switches gitml's hooks off, {path}", f"edit {path}")


def _off(values: dict[str, Any]) -> Iterator[str]:
    for section, key in (("hooksConfig", "enabled"), ("hooks", "enabled"), ("tools", "enableHooks")):
        if _section(values, section).get(key) is False:
            yield f'"{section}.{key}"'
    for section in ("hooksConfig", "hooks"):
        disabled = _section(values, section).get("disabled")
        if isinstance(disabled, list) and NAME in disabled:
            yield f'"{section}.disabled"'


def _section(values: dict[str, Any], name: str) -> dict[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def _values(path: str) -> dict[str, Any]:
    try:
        node = load(os.path.dirname(path), path)[1]
    except Refused:
        return {}
    return node.value if node is not None else {}
