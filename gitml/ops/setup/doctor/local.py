"""Checks of the clone's local state."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator

from gitml.config import WITH_COMMITS
from gitml.ops import hooklog
from gitml.ops.persist.way import until, way_of
from gitml.ops.reading.failures import failing
from gitml.ops.riding import journal
from gitml.ops.setup.clients import CLAUDE
from gitml.ops.setup.doctor.agent import here
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding, Patient
from gitml.ops.setup.gitcall import ask
from gitml.store import log, registry, spool
from gitml.store.files import entries, read_bytes
from gitml.store.names import opened_at
from gitml.store.part import Part

DAY = 86_400
BACKLOG_DAYS = 7
"""A part this old has seen a week of commits go by, or there were none."""
SILENT_DAYS = 30
WATCH = 1.0
"""Seconds. A commit that ended a moment ago is tidied up after by a process of its own, within 0.1 s."""


def writable(patient: Patient) -> Iterator[Finding]:
    """Nothing can be recorded where nothing can be written."""
    local = patient.context.layout.local
    if not os.path.isdir(local):
        yield Finding("local state", FAIL, f"there is none, {local}", "gitml init")
    elif not os.access(local, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("local state", FAIL, f"cannot be written, {local}", f"chmod -R u+rwX {local}")


def backlog(patient: Patient) -> Iterator[Finding]:
    """Records wait for the next commit or the end of a turn; long waiting means that nothing takes them."""
    layout, way = patient.context.layout, way_of(patient.context).name
    waiting = [part for tree in entries(layout.spools) for part in spool.parts(layout.of(tree.name))]
    old = [part for part in waiting if opened_at(part.name) < patient.now - BACKLOG_DAYS * DAY]
    if old:
        says = f"{_wait(old)} for {until(way)}, for more than {BACKLOG_DAYS} days"
        yield Finding("spool", WARN, says, "gitml seal" if way == WITH_COMMITS else "gitml push")
    else:
        yield Finding("spool", OK, f"{_wait(waiting)} for {until(way)}")


def journals(patient: Patient) -> Iterator[Finding]:
    """What a commit that failed, or was killed, left behind."""
    over = journal.over(patient.context.layout)
    deadline = time.monotonic() + WATCH
    while over and time.monotonic() < deadline:
        time.sleep(WATCH / 20)
        over = journal.over(patient.context.layout)
    if over:
        yield Finding("spool", WARN, f"{len(over)} commits were given records and never ended", "gitml sync")


def cursors(patient: Patient) -> Iterator[Finding]:
    """A damaged cursor costs a re-reading, nothing else."""
    agents = entries(patient.context.layout.cursors)
    files = [entry.path for agent in agents for entry in entries(agent.path) if entry.name.endswith(".json")]
    bad = [path for path in files if not _is_object(path)]
    if bad:
        yield Finding("cursors", WARN, f"{len(bad)} damaged, such as {bad[0]}", "gitml sync")


def registered(patient: Patient) -> Iterator[Finding]:
    """A torn file of the registry of running sessions costs a session its number."""
    torn = list(registry.load(patient.context.layout)[1].values())
    if torn:
        yield Finding("sessions", WARN, f"{len(torn)} files cannot be read, such as {torn[0]}", "gitml session reap")


def last_event(patient: Patient) -> Iterator[Finding]:
    """Whether hooks have ever fired. Interactively none does before the folder is trusted."""
    path = os.path.join(patient.context.layout.local, hooklog.LAST)
    try:
        age = (patient.now - os.stat(path).st_mtime) / DAY
    except OSError:
        says = "no agent hook has run here yet; none does before the folder is trusted in the client"
        name = (here(patient) or [CLAUDE])[0].name
        yield Finding("last event", WARN, says, f"{name}, and accept the trust question")
        return
    severity, mend = (WARN, "gitml sync") if age > SILENT_DAYS else (OK, "")
    yield Finding("last event", severity, f"an agent hook last ran {_ago(age)}", mend)


def troubles(patient: Patient) -> Iterator[Finding]:
    """Hooks never complain aloud; what went wrong in one is in the log."""
    layout = patient.context.layout
    for one in failing(layout):
        says = f"the {one['hook']} hook failed at {one['timestamp']}, and none has worked since: {one['error']}"
        yield Finding("log", WARN, says, f"tail {log.path(layout)}")
    letters = [entry.name for entry in entries(layout.dlq)]
    if letters:
        yield Finding("log", WARN, f"{len(letters)} days with lines that could not be recorded", f"ls {layout.dlq}")


def clone(patient: Patient) -> Iterator[Finding]:
    """Not wrong, but good to know."""
    if ask(patient.root, "rev-parse", "--is-shallow-repository") == "true":
        yield Finding("clone", OK, "shallow: older commits are not here, nor records only they carried")
    if not ask(patient.root, "symbolic-ref", "--quiet", "HEAD"):
        yield Finding("clone", OK, "HEAD is detached: records ride on commits that no branch holds yet")


def _wait(parts: list[Part]) -> str:
    return f"{len(parts)} {'part waits' if len(parts) == 1 else 'parts wait'}"


def _is_object(path: str) -> bool:
    try:
        return isinstance(json.loads(read_bytes(path)), dict)
    except (OSError, ValueError, RecursionError):
        return False


def _ago(days: float) -> str:
    if days < 1 / 24:
        return "within the hour"
    return f"{days * 24:.0f} hours ago" if days < 2 else f"{days:.0f} days ago"
