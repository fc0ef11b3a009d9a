"""Which agents get hooks: those a person names, those that have them here, and those the repository has a folder of."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from gitml.ops.setup import settings
from gitml.ops.setup.clients import CLAUDE, CLIENTS, CODEX, CURSOR, GEMINI, GROK, Client, named
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused, content
from gitml.ops.setup.plan import Plan, Write

TRUST = "Codex runs these hooks only when you trust them: start codex here and open /hooks; again whenever they change"

TOLD = {
    CODEX.name: TRUST,
    GEMINI.name: "Gemini CLI runs these hooks only in a folder you trust, and where it is started in the top folder",
    GROK.name: "Grok CLI runs these hooks only in a folder you trust: start grok here, and /hooks-trust",
    CURSOR.name: "gitml reads no transcripts of Cursor: these hooks record commits, and take along what waits",
}
"""What a person must know of an agent's hooks when they are put in place."""


def clients(
    names: Sequence[str], root: str, environ: Mapping[str, str], memory: Memory, user: bool = False
) -> list[Client]:
    """The agents to set up, in the order of ``CLIENTS``. Raises BadUsage as ``named``.

    ``names``: asked for by name, beside those that have gitml's hooks here. Where nobody is and none have: Claude Code,
    and in a repository those it has a folder of. Once some have, the others were left out by somebody's choice. What
    only this machine has is nobody else's business: no file that travels is written for it unasked.
    """
    wanted = named(names) + [one for one in CLIENTS if installed(one, root, environ, memory, user)]
    if not wanted:
        wanted = [CLAUDE, *(one for one in CLIENTS if not user and _at_home(one, root))]
    return [client for client in CLIENTS if client in wanted]


def _at_home(client: Client, root: str) -> bool:
    return client.unasked and os.path.isdir(os.path.join(root, client.folder))


def installed(client: Client, root: str, environ: Mapping[str, str], memory: Memory, user: bool = False) -> bool:
    """Whether a settings file of that agent has gitml's entries, or had them when gitml was last set up here."""
    return any(memory.get(path) is not None or holds(path) for path in client.files(root, environ, user))


def holds(path: str) -> bool:
    """Whether the file names a hook of gitml's, be it valid or not."""
    try:
        return settings.MARK.encode() in (content(path) or b"")
    except Refused:
        return False


def notes(plan: Plan, chosen: Sequence[Client], root: str, environ: Mapping[str, str]) -> list[str]:
    """What a person must know of the hooks that the plan writes."""
    written = {step.path for step in plan.steps if isinstance(step, Write)}
    return [
        TOLD[client.name]
        for client in chosen
        if client.name in TOLD and written & {*client.files(root, environ, False), *client.files(root, environ, True)}
    ]


def others(taken: Sequence[Client], root: str, environ: Mapping[str, str]) -> list[str]:
    """A line for each agent that this repository or this machine has a folder of, and that is not set up here."""
    return [
        f"{client.title} is used here; to record it by hooks, too: gitml init --agent {client.name}"
        for client in CLIENTS
        if client not in taken and client.unasked and (_at_home(client, root) or os.path.isdir(client.home(environ)))
    ]
