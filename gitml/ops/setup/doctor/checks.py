"""Every check, in the order a person would ask; and running them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from gitml.config import Config
from gitml.errors import BadUsage, GitmlError
from gitml.git import where as locations
from gitml.ops.context import Context, layout_of
from gitml.ops.setup.doctor import (
    agent,
    agents,
    codex,
    gemini,
    git_hooks,
    grok,
    local,
    machines,
    program,
    redaction,
    shipping,
    tracked,
)
from gitml.ops.setup.doctor.finding import FAIL, Finding, Patient
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.opening import open_here

Check = Callable[[Patient], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    program.on_path, program.git_works, program.remembered, program.switched_on,
    agent.entries, agent.switched_off, agent.personal, agent.cleanup, agents.read,
    codex.trust, codex.linked, gemini.switched_off, grok.trust,
    git_hooks.hooks, git_hooks.chained, git_hooks.lefthook,
    tracked.opted_in, tracked.files, tracked.attributes, tracked.config, tracked.excluded, tracked.foreign,
    tracked.leftovers, tracked.older,
    local.writable, local.backlog, local.journals, local.cursors, local.registered, local.last_event, local.troubles,
    local.clone,
    redaction.works, redaction.held_back,
    machines.clone, machines.script, machines.note,
    shipping.images, shipping.npm, shipping.python, shipping.cargo,
)  # fmt: skip


def examine(folder: str, now: float) -> list[Finding]:
    """All findings, in the order of ``CHECKS``. Raises NothingHere outside a work tree.

    A check that cannot do its work is a finding itself: a doctor that falls over helps nobody.
    """
    patient = _patient(folder, now)
    if not patient.context.set_up:
        return [Finding("set-up", FAIL, "gitml is not set up here", "gitml init")]
    return [finding for check in CHECKS for finding in _guarded(check, patient)]


def sick(findings: list[Finding]) -> bool:
    """Whether anything fails."""
    return any(finding.severity == FAIL for finding in findings)


def _patient(folder: str, now: float) -> Patient:
    try:
        context, error = open_here(folder), ""
    except BadUsage as problem:
        context, error = _without_config(folder), str(problem)
    return Patient(context, Memory(context.layout.local, context.where), now, error, dict(os.environ))


def _without_config(folder: str) -> Context:
    where = locations.find(folder)
    assert where is not None, "a config was found in it"
    return Context(where, layout_of(where), Config())


def _guarded(check: Check, patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except (GitmlError, OSError, ValueError, TypeError, AttributeError) as error:
        yield Finding(f"{check.__module__.rpartition('.')[2]}.{check.__name__}", FAIL, f"could not look: {error}", "")
