"""Checks of the program itself: can the hooks find it, and is it switched on?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from gitml.git.run import GitFailed, run
from gitml.ops import pause
from gitml.ops.setup import executable
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding, Patient


def on_path(patient: Patient) -> Iterator[Finding]:
    """Claude Code's hooks call ``gitml`` by name."""
    found = shutil.which("gitml", path=patient.environ.get("PATH"))
    if found:
        yield Finding("program", OK, f"gitml is on PATH, {found}")
        return
    here = executable.in_use()
    mend = f"ln -s {here} ~/.local/bin/gitml" if here else "pipx install .  # in a checkout of gitml"
    yield Finding("program", FAIL, "gitml is not on PATH, so the agent's hooks do nothing", mend)


def remembered(patient: Patient) -> Iterator[Finding]:
    """Git hooks run with other PATHs as well (editors, desktop clients), and then use the path kept here."""
    path = os.path.join(patient.context.layout.local, "bin")
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            kept = file.readline().strip()
    except OSError:
        yield Finding("program", WARN, "hooks run by editors may not find gitml: its path is not noted", "gitml init")
        return
    if not (os.path.isabs(kept) and os.access(kept, os.X_OK)):
        yield Finding("program", WARN, f"the gitml noted for hooks is gone, {kept}", "gitml init")


def git_works(patient: Patient) -> Iterator[Finding]:
    """git refuses a repository of another user, and then every other check of it fails, too."""
    try:
        run(patient.root, "rev-parse", "--git-dir")
    except GitFailed as error:
        yield Finding("program", FAIL, str(error), error.hint or "git status")


def switched_on(patient: Patient) -> Iterator[Finding]:
    """Paused, or off by the environment."""
    if patient.environ.get("GITML") == "off":
        yield Finding("recording", WARN, "GITML=off in this environment: nothing is recorded", "unset GITML")
    since = pause.since(patient.context)
    if since:
        yield Finding("recording", WARN, f"paused since {since}: nothing is recorded", "gitml resume")
