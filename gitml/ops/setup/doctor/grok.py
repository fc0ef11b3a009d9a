"""Checks of Grok CLI: whether it was told to trust this folder (docs.x.ai/build/features/hooks)."""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.ops.setup.clients import GROK
from gitml.ops.setup.doctor.agent import here, whole
from gitml.ops.setup.doctor.codex import table, toml
from gitml.ops.setup.doctor.finding import WARN, Finding, Patient


def trust(patient: Patient) -> Iterator[Finding]:
    """Only where Grok is used on this machine. What is in the person's own folder needs no trust."""
    home = GROK.home(patient.environ)
    if GROK not in here(patient) or not os.path.isdir(home) or whole(GROK.user_file(patient.environ), GROK):
        return
    folders = table(toml(os.path.join(home, "trusted_folders.toml")), "folders")
    root = os.path.realpath(patient.root)
    ways = [name for name in folders if os.path.realpath(name) == root]
    if not any(table(folders, name).get("trusted") is True for name in ways):
        says = "Grok CLI runs no hooks of this folder: it was not told to trust it"
        yield Finding("agent hooks", WARN, says, "grok, then /hooks-trust")
