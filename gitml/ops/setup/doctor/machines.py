"""Checks of what happens elsewhere: in fresh clones, and on machines that are thrown away."""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml import __version__
from gitml.errors import BadUsage
from gitml.ops.setup import bootstrap_plan, heal, source
from gitml.ops.setup.doctor.finding import OK, WARN, Finding, Patient
from gitml.ops.setup.gitcall import says as git_says
from gitml.ops.setup.paths import Refused, content
from gitml.store.layout import DATA

RENEW = f"gitml init --bootstrap {source.PACK}"


def clone(patient: Patient) -> Iterator[Finding]:
    """Set up by somebody else and not yet here, or taken out here."""
    if patient.context.taken_out:
        yield Finding("clone", WARN, "gitml uninstall took it out of this clone: no hook records here", "gitml init")
    elif heal.wanted(patient.context):
        says = "the repository has gitml, this clone is not set up yet: the next session that starts here does it"
        yield Finding("clone", WARN, says, "gitml init")


def script(patient: Patient) -> Iterator[Finding]:
    """The script must be what the config says, and what it installs must come with a clone."""
    config = patient.context.config
    try:
        wanted = bootstrap_plan.script(config)
    except BadUsage as error:
        yield Finding("bootstrap", WARN, str(error), RENEW)
        return
    if _there(patient) != wanted:
        says = f"{bootstrap_plan.SCRIPT} is not what [bootstrap] in {DATA}/config.toml makes it"
        yield Finding("bootstrap", WARN, says, "gitml init")
    if wanted is not None:
        yield _source(patient, config.get("bootstrap.install"))


def note(patient: Patient) -> Iterator[Finding]:
    """What the script could not do on this machine."""
    told = heal.note(patient.context.layout)
    if told:
        yield Finding("bootstrap", WARN, told, f"edit [bootstrap] in {DATA}/config.toml")


def _there(patient: Patient) -> bytes | None:
    try:
        return content(os.path.join(patient.root, bootstrap_plan.SCRIPT))
    except Refused:
        return b""


def _source(patient: Patient, install: str) -> Finding:
    inside = source.is_path(install) and not os.path.isabs(install)
    if inside and not git_says(patient.root, "ls-files", "--error-unmatch", "--", install):
        return Finding("bootstrap", WARN, f"fresh machines install {install}, which is not in the repository", RENEW)
    if install.startswith(f"{source.FOLDER}/") and f"-{__version__}-" not in install:
        says = f"fresh machines install {os.path.basename(install)}, here is gitml {__version__}"
        return Finding("bootstrap", WARN, says, RENEW)
    return Finding("bootstrap", OK, f"machines that are thrown away install {install}")
