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
    """Hooks call ``gitml`` by name, or else by the path that is noted in local state."""
    found = shutil.which("gitml", path=patient.environ.get("PATH"))
    if found:
        yield Finding("program", OK, f"gitml is on PATH, {found}")
        return
    noted = _kept(patient)
    if _runs(noted):
        yield Finding("program", OK, f"gitml is not on PATH; hooks use the one noted here, {noted}")
        return
    here = executable.in_use()
    mend = f"ln -s {here} ~/.local/bin/gitml" if here else "pipx install .  # in a checkout of gitml"
    yield Finding("program", FAIL, "gitml is not on PATH and not noted here, so hooks do nothing", mend)


def remembered(patient: Patient) -> Iterator[Finding]:
    """Hooks run with other PATHs as well (editors, desktop clients), and then use the path kept here."""
    kept = _kept(patient)
    if kept is None:
        yield Finding("program", WARN, "hooks run by editors may not find gitml: its path is not noted", "gitml init")
    elif not _runs(kept):
        yield Finding("program", WARN, f"the gitml noted for hooks is gone, {kept}", "gitml init")


def _kept(patient: Patient) -> str | None:
    path = os.path.join(patient.context.layout.local, "bin")
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline().strip()
    except OSError:
        return None


def _runs(path: str | None) -> bool:
    return bool(path) and os.path.isabs(str(path)) and os.access(str(path), os.X_OK)


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
