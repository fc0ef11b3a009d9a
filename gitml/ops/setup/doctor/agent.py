"""Checks of Claude Code's settings: are our hooks in them, whole, and will the client run them?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.git import staging
from gitml.ops.setup import settings
from gitml.ops.setup.client_settings import CLEANUP_DAYS, MANAGED, cleanup_days, everywhere
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding, Patient
from gitml.ops.setup.gitcall import says
from gitml.ops.setup.jsonspans import Node
from gitml.ops.setup.paths import Refused
from gitml.ops.setup.settings_plan import PROJECT, load, user_file


def entries(patient: Patient) -> Iterator[Finding]:
    """Both project files, or the user's own, must hold each entry once."""
    if _whole(user_file(patient.environ)):
        yield Finding("agent hooks", OK, "Claude Code hooks are in your own settings")
        return
    for name in PROJECT:
        yield from _file(patient, name)


def switched_off(patient: Patient) -> Iterator[Finding]:
    """Settings that keep hooks from running at all."""
    for path, values in everywhere(patient.root, patient.environ):
        if values.get("disableAllHooks") is True:
            yield Finding("agent hooks", FAIL, f'"disableAllHooks" is set, {path}', f"edit {path}")
        if values.get("allowManagedHooksOnly") is True and path in MANAGED:
            yield Finding("agent hooks", FAIL, f'"allowManagedHooksOnly" is set, {path}', "ask its administrator")
        environment = values.get("env")
        if isinstance(environment, dict) and environment.get("GITML") == "off":
            yield Finding("agent hooks", WARN, f'"env" sets GITML=off, {path}', f"edit {path}")


def personal(patient: Patient) -> Iterator[Finding]:
    """settings.local.json is one person's; tracked, it follows everybody."""
    if says(patient.root, "ls-files", "--error-unmatch", "--", PROJECT[1]):
        yield Finding("agent hooks", WARN, f"{PROJECT[1]} is tracked, but personal", f"git rm --cached {PROJECT[1]}")


def cleanup(patient: Patient) -> Iterator[Finding]:
    """How long the client keeps what gitml reads."""
    days = cleanup_days(patient.root, patient.environ)
    if days < CLEANUP_DAYS:
        says = f"Claude Code deletes transcripts after {days} days (cleanupPeriodDays)"
        yield Finding("transcripts", WARN, says, f"set it higher in {user_file(patient.environ)}")
    else:
        yield Finding("transcripts", OK, f"Claude Code keeps transcripts for {days} days")


def _file(patient: Patient, name: str) -> Iterator[Finding]:
    path = os.path.join(patient.root, name)
    try:
        text, node = load(patient.root, path)
    except Refused as error:
        yield Finding("agent hooks", FAIL, str(error), error.hint or "gitml init")
        return
    severity = FAIL if name == PROJECT[0] else WARN
    if settings.healthy(node):
        yield Finding("agent hooks", OK, f"Claude Code hooks are in {name}")
    elif text is None and name in staging.left_out(patient.root, name):
        yield Finding("agent hooks", OK, f"this sparse checkout leaves {name} out; {PROJECT[1]} does its work")
    elif text is None or not settings.own(node):
        yield Finding("agent hooks", severity, f"{name} has no hooks of gitml's{_missed(name)}", "gitml init")
    else:
        yield Finding("agent hooks", severity, f"{name}: {_ailment(node)}", "gitml init")


def _missed(name: str) -> str:
    return "" if name == PROJECT[0] else ": none fire for sessions started in a subdirectory"


def _ailment(node: Node | None) -> str:
    """What is wrong with our entries, an event at a time."""
    there = [one.event for one in settings.own(node)]
    wanted = settings.wanted()
    for word, events in (
        ("missing for", [event for event in wanted if event not in there]),
        ("more than once for", sorted({event for event in there if there.count(event) > 1})),
        ("where it does not belong, for", sorted({event for event in there if event not in wanted})),
    ):
        if events:
            return f"gitml's hook is {word} {', '.join(events)}"
    return "gitml's hooks were edited, or are of another version"


def _whole(path: str) -> bool:
    try:
        return settings.healthy(load(os.path.dirname(path), path)[1])
    except Refused:
        return False
