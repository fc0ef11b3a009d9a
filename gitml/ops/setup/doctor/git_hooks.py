"""Checks of git's hooks: does git look where ours are, and are they whole?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.ops.setup import hookfolder, hooktext
from gitml.ops.setup.block import SHELL
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding, Patient
from gitml.ops.setup.hookfolder import HookFolder
from gitml.ops.setup.paths import Refused, content


def hooks(patient: Patient) -> Iterator[Finding]:
    """Each hook, in the folder git looks into today."""
    home = hookfolder.find(patient.context.where)
    ailing: dict[str, list[str]] = {}
    for name in hookfolder.NAMES:
        path = os.path.join(home.folder, name)
        why = "" if _by_lefthook(patient, home, path, name) else _ailment(path, name, home)
        ailing.setdefault(why, []).append(name)
    if set(ailing) == {""}:
        yield Finding("git hooks", OK, f"git hooks are in {home.folder}")
        return
    yield from _shadow(patient, home)
    for why, names in ailing.items():
        if why:
            yield Finding("git hooks", FAIL, f"{', '.join(names)}: {why}, {home.folder}", _command(home))


def chained(patient: Patient) -> Iterator[Finding]:
    """A hook put aside must be called by ours, or it silently does nothing any more."""
    home = hookfolder.find(patient.context.where)
    for name in hookfolder.NAMES:
        path = os.path.join(home.folder, name)
        if hooktext.orphaned(path, _text(path), name):
            yield Finding("git hooks", WARN, f"{hooktext.aside(path)} is called by nobody", "gitml init")


def lefthook(patient: Patient) -> Iterator[Finding]:
    """lefthook writes its hooks anew and drops our block."""
    home = hookfolder.find(patient.context.where)
    if home.manager != "lefthook":
        return
    if "gitml hook git" not in _lefthook_config(patient):
        says = "lefthook may drop gitml's lines, and its config does not name gitml"
        yield Finding("git hooks", WARN, says, "gitml init --dry-run  # prints the lines to add")


def _by_lefthook(patient: Patient, home: HookFolder, path: str, name: str) -> bool:
    """Whether lefthook's own hook stands there, and its config has it call gitml."""
    named = home.manager == "lefthook" and f"gitml hook git {name}" in _lefthook_config(patient)
    return named and "lefthook" in _text(path).lower()


def _lefthook_config(patient: Patient) -> str:
    return "".join(_text(os.path.join(patient.root, name)) for name in hookfolder.LEFTHOOK)


def _shadow(patient: Patient, home: HookFolder) -> Iterator[Finding]:
    """Ours are somewhere, but git looks elsewhere: core.hooksPath was set after init (husky, a global setting)."""
    folders = {os.path.dirname(path) for path in patient.memory.paths() if os.path.basename(path) in hookfolder.NAMES}
    for folder in sorted(folders - {home.folder}):
        says = f"git looks for hooks in {home.folder}, but gitml's are in {folder}"
        yield Finding("git hooks", FAIL, says, _command(home))


def _ailment(path: str, name: str, home: HookFolder) -> str:
    """What is wrong with one hook; "" where nothing is."""
    if not os.path.lexists(path):
        return "missing"
    text = _text(path)
    starts, ends = SHELL.count(text)
    if (starts, ends) == (0, 0):
        return "without gitml's lines, another tool's or overwritten"
    if (starts, ends) != (1, 1):
        return "gitml's lines are damaged"
    if not hooktext.healthy(text, name):
        return "gitml's lines are outdated, edited or not at the top"
    if home.manager != "husky" and not os.access(path, os.X_OK):
        return "not executable, so git skips it"
    return ""


def _command(home: HookFolder) -> str:
    return "gitml init --force-hooks" if home.outside else "gitml init"


def _text(path: str) -> str:
    try:
        return (content(path) or b"").decode("utf-8", "surrogateescape")
    except Refused:
        return ""
