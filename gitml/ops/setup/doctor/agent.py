"""Checks of the agents' settings: are our hooks in them, whole, and will Claude Code run them?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.git import staging
from gitml.ops.setup import chosen, settings
from gitml.ops.setup.client_settings import CLEANUP_DAYS, MANAGED, cleanup_days, everywhere
from gitml.ops.setup.clients import CLAUDE, CLIENTS, GEMINI, Client
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding, Patient
from gitml.ops.setup.gitcall import says
from gitml.ops.setup.jsonspans import Node
from gitml.ops.setup.paths import Refused
from gitml.ops.setup.settings_plan import load

SHORTEST = 1000
"""Milliseconds. What is less was meant as seconds, or copied from an agent that counts them."""

ONCE = (CLAUDE, GEMINI)
"""They run identical commands of several files once."""


def entries(patient: Patient) -> Iterator[Finding]:
    """Each agent that has hooks here: all its project's files, or the user's own, must hold each entry once."""
    for client in here(patient) or [CLAUDE]:
        yield from _client(patient, client)


def here(patient: Patient) -> list[Client]:
    """The agents that have, or had, hooks of gitml's here or in the user's settings."""
    return [
        client
        for client in CLIENTS
        if any(chosen.installed(client, patient.root, patient.environ, patient.memory, user) for user in (False, True))
    ]


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
    name = CLAUDE.project[1]
    if says(patient.root, "ls-files", "--error-unmatch", "--", name):
        yield Finding("agent hooks", WARN, f"{name} is tracked, but personal", f"git rm --cached {name}")


def cleanup(patient: Patient) -> Iterator[Finding]:
    """How long the client keeps what gitml reads."""
    days = cleanup_days(patient.root, patient.environ)
    if days < CLEANUP_DAYS:
        says = f"Claude Code deletes transcripts after {days} days (cleanupPeriodDays)"
        yield Finding("transcripts", WARN, says, f"set it higher in {CLAUDE.user_file(patient.environ)}")
    else:
        yield Finding("transcripts", OK, f"Claude Code keeps transcripts for {days} days")


def _client(patient: Patient, client: Client) -> Iterator[Finding]:
    if whole(client.user_file(patient.environ), client):
        yield Finding("agent hooks", OK, f"{client.title} hooks are in your own settings")
        if client not in ONCE and chosen.installed(client, patient.root, patient.environ, patient.memory):
            says = f"{client.title} runs them twice: they are in {client.project[0]} as well"
            yield Finding("agent hooks", WARN, says, "gitml uninstall --user; gitml init")
        return
    for name in client.project:
        yield from _file(patient, client, name)


def _file(patient: Patient, client: Client, name: str) -> Iterator[Finding]:
    path = os.path.join(patient.root, name)
    try:
        text, node = load(patient.root, path)
    except Refused as error:
        yield Finding("agent hooks", FAIL, str(error), error.hint or "gitml init")
        return
    severity = FAIL if name == client.project[0] else WARN
    mend = "gitml init" if client is CLAUDE else f"gitml init --agent {client.name}"
    if settings.healthy(node, client):
        yield Finding("agent hooks", OK, f"{client.title} hooks are in {name}")
    elif text is None and name in staging.left_out(patient.root, name):
        instead = f"; {client.project[1]} does its work" if client.project[1:] else ""
        yield Finding("agent hooks", OK, f"this sparse checkout leaves {name} out{instead}")
    elif text is None or not settings.own(node):
        missed = "" if name == client.project[0] else ": none fire for sessions started in a subdirectory"
        yield Finding("agent hooks", severity, f"{name} has no hooks of gitml's{missed}", mend)
    else:
        yield Finding("agent hooks", severity, f"{name}: {_ailment(node, client)}", mend)


def _ailment(node: Node | None, client: Client) -> str:
    """What is wrong with our entries, an event at a time."""
    found = settings.own(node)
    there = [one.event for one in found]
    wanted = settings.wanted(client)
    foreign = [one.event for one in found if f"{settings.MARK} {client.name}" not in str(one.handler.get("command"))]
    for word, events in (
        ("another agent's for", foreign),
        ("killed before it has begun, since Gemini CLI counts milliseconds, for", _hasty(found, client)),
        ("missing for", [event for event in wanted if event not in there]),
        ("more than once for", sorted({event for event in there if there.count(event) > 1})),
        ("where it does not belong, for", sorted({event for event in there if event not in wanted})),
    ):
        if events:
            return f"gitml's hook is {word} {', '.join(events)}"
    return "gitml's hooks were edited, or are of another version"


def _hasty(found: list[settings.Own], client: Client) -> list[str]:
    """Events whose time-out is in seconds where milliseconds are counted."""
    limits = [(one.event, one.handler.get("timeout")) for one in found]
    return [event for event, limit in limits if client is GEMINI and isinstance(limit, int) and limit < SHORTEST]


def whole(path: str, client: Client) -> bool:
    """Whether all of gitml's entries are in that file, as they must be."""
    try:
        return settings.healthy(load(os.path.dirname(path), path)[1], client)
    except Refused:
        return False
