"""Checks of what travels with the repository."""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.config import AUTO, SIDE_BRANCH, WAYS, WITH_COMMITS
from gitml.errors import BadUsage
from gitml.git import staging
from gitml.git.inspect import default_branch
from gitml.model.streams import STREAMS
from gitml.ops.migrating import noticing
from gitml.ops.persist import sidenames
from gitml.ops.setup import blocks_plan, bootstrap_plan, store_files
from gitml.ops.setup.block import SHELL
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding, Patient
from gitml.ops.setup.gitcall import ask, says
from gitml.ops.setup.paths import Refused, content
from gitml.ops.verifying.tree import OLDER
from gitml.store.layout import DATA

ATTRIBUTES = {"merge": "union", "text": "unset", "filter": "unspecified"}
"""What git must make of a base file, whatever other attribute files say."""


def opted_in(patient: Patient) -> Iterator[Finding]:
    """A branch without ``.git-ml`` carries nothing."""
    if says(patient.root, "cat-file", "-e", f"HEAD:{DATA}"):
        yield Finding("records", OK, f"{DATA} is part of this branch")
    elif ask(patient.root, "ls-files", "--", DATA):
        yield Finding("records", WARN, f"{DATA} is staged, but in no commit yet", "git commit")
    else:
        yield Finding("records", FAIL, f"this branch has no {DATA}: its commits carry no records", "gitml init")


def files(patient: Patient) -> Iterator[Finding]:
    """Each base file and the settings, in the work tree."""
    absent = staging.left_out(patient.root, DATA)
    base = patient.context.config.way() != SIDE_BRANCH
    missing = [
        name
        for name in store_files.relative(patient.context.layout, base)
        if name not in absent and not os.path.isfile(os.path.join(patient.root, name))
    ]
    if absent:
        says = f"this sparse checkout leaves {DATA} out: what is in commits cannot be read here"
        yield Finding("records", WARN, says, store_files.BRING_IN)
    if missing:
        yield Finding("records", FAIL, f"missing: {', '.join(missing)}", "gitml init")


def attributes(patient: Patient) -> Iterator[Finding]:
    """As written, and as git takes them: ``info/attributes`` overrules every file."""
    try:
        raw = content(os.path.join(patient.root, DATA, ".gitattributes"))
    except Refused as error:
        yield Finding("records", FAIL, str(error), f"git checkout HEAD -- {DATA}/.gitattributes")
        return
    lacking = store_files.missing_attributes((raw or b"").decode("utf-8", "replace"))
    if raw is not None and lacking:
        yield Finding("records", WARN, f"{DATA}/.gitattributes was changed, it lacks: {lacking[0]}", "gitml init")
        return
    answer = ask(patient.root, "check-attr", *ATTRIBUTES, "--", f"{DATA}/tracked/chats.jsonl")
    taken = dict(line.rsplit(": ", 2)[1:] for line in answer.splitlines() if line.count(": ") >= 2)
    for name, wanted in ATTRIBUTES.items():
        if raw is not None and taken.get(name, wanted) != wanted:
            says = f"git takes {name}={taken[name]} for the records, not {wanted}: something overrules {DATA}"
            yield Finding("records", WARN, says, f"git check-attr -a {DATA}/tracked/chats.jsonl")


def config(patient: Patient) -> Iterator[Finding]:
    """Readable, and of this version."""
    if patient.config_error:
        yield Finding("config", FAIL, patient.config_error, f"edit {DATA}/config.toml")
        return
    persist = patient.context.config.get("persist")
    if persist not in (AUTO, *WAYS):
        says = f"persist {persist!r} is no way into history, so {WITH_COMMITS} holds"
        yield Finding("config", WARN, says, "gitml init --persist auto")
    try:
        sidenames.template(patient.context)
    except BadUsage as error:
        yield Finding("config", FAIL if persist == SIDE_BRANCH else WARN, error.what, f"edit {DATA}/config.toml")
    unknown = [name for name in patient.context.config.get("record.streams") if name not in STREAMS]
    if unknown:
        says = f"record.streams names what is no stream: {', '.join(unknown)}; there are {', '.join(STREAMS)}"
        yield Finding("config", WARN, says, f"edit {DATA}/config.toml")
    if os.path.isfile(patient.context.layout.config) and not patient.context.config.get("default_branch"):
        branch = default_branch(patient.root)
        says = "no default_branch is named"
        yield Finding("config", WARN, says, f'add to {DATA}/config.toml: default_branch = "{branch}"')


def excluded(patient: Patient) -> Iterator[Finding]:
    """Without the line, a part an aborted commit left shows up as untracked and can block a merge."""
    path = blocks_plan.exclude_path(patient.context.where)
    try:
        text = (content(path) or b"").decode("utf-8", "surrogateescape")
    except Refused as error:
        yield Finding("exclude", FAIL, str(error), "gitml init")
        return
    if blocks_plan.LIVE not in [line.strip() for line in text.splitlines()]:
        yield Finding("exclude", FAIL, f"{blocks_plan.LIVE} is not in {path}", "gitml init")
    elif SHELL.count(text) != (1, 1):
        yield Finding("exclude", WARN, f"gitml's lines are damaged, {path}", "gitml init")


def foreign(patient: Patient) -> Iterator[Finding]:
    """Only config, attributes and ``tracked/`` belong in commits; anything else was added by hand."""
    names = ask(patient.root, "ls-files", "-z", "--", DATA).split("\0")
    known = {f"{DATA}/config.toml", f"{DATA}/.gitattributes", f"{DATA}/.gitignore", f"{DATA}/README.md", ""}
    own = [name for name in names if name.startswith((f"{DATA}/tracked/", *OLDER)) or bootstrap_plan.is_part(name)]
    odd = sorted({*names} - {*known, *own})
    if odd:
        says = f"{len(odd)} tracked under {DATA} that should be local, such as {odd[0]}"
        yield Finding("records", WARN, says, f"git rm -r --cached {os.path.dirname(odd[0])}")


def older(patient: Patient) -> Iterator[Finding]:
    """Records of an older layout that were not taken in."""
    told = noticing.note(patient.context)
    if told:
        says, _, mend = told.rpartition(": ")
        yield Finding("records", WARN, says, mend)


def leftovers(patient: Patient) -> Iterator[Finding]:
    """Parts in the work tree that no index holds: an aborted commit's. The next hook takes them back."""
    left = ask(patient.root, "ls-files", "--others", "-z", "--", f"{DATA}/tracked/live").count("\0")
    if left:
        yield Finding("records", WARN, f"an aborted commit left {left} files in {DATA}/tracked/live", "gitml sync")
