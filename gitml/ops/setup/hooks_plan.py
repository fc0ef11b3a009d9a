"""Plans for git's hooks: beside what is there, never instead of it."""

from __future__ import annotations

import os

from gitml.git.where import Where
from gitml.ops.setup import hookfolder, hooktext
from gitml.ops.setup.block import SHELL
from gitml.ops.setup.hookfolder import HookFolder
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused, content
from gitml.ops.setup.plan import Move, Plan, Write
from gitml.ops.setup.settings_plan import above

EXECUTABLE = 0o755
RENAMED = (".legacy", ".old")
"""What the pre-commit framework and lefthook call a hook they found and put their own in place of."""


def install(where: Where, memory: Memory, forced: bool = False) -> Plan:
    """Our block in each hook. A folder outside the repository is left alone unless ``forced``: it serves others too."""
    home = hookfolder.find(where)
    plan = Plan(notes=_remarks(home, forced))
    if home.outside and not forced:
        plan.failures.append(f"hooks not installed: core.hooksPath is outside this repository, {home.folder}")
        return plan
    for name in hookfolder.NAMES:
        try:
            plan.add(_install_one(home, name, memory))
        except Refused as error:
            plan.failures.append(str(error))
    return plan


def remove(where: Where, memory: Memory) -> Plan:
    """Our block out of each hook, wherever it was put, and hooks put aside back in their place."""
    plan = Plan()
    for path in _known(where, memory):
        try:
            plan.add(_remove_one(path, memory))
        except Refused as error:
            plan.failures.append(str(error))
    return plan


def _install_one(home: HookFolder, name: str, memory: Memory) -> Plan:
    path = os.path.join(home.folder, name)
    if _foreign(path, home):
        return _chain(path, name)
    raw = content(path)
    text = None if raw is None else _decode(raw)
    mode = None if raw is not None and (_runs(path) or home.manager == "husky") else EXECUTABLE
    if text is not None and mode is None and hooktext.healthy(text, name) and not hooktext.orphaned(path, text, name):
        return Plan()
    known = memory.get(path)
    original = None if text is None else hooktext.without(text, name, known)
    after, remember = hooktext.restored(original, name, hooktext.is_chained(path))
    remember.folders = _missing(path) or (known.folders if known else 0)
    return Plan(steps=[Write(path, raw, _encode(after), f"git hook {name}", mode, remember)])


def _chain(path: str, name: str) -> Plan:
    """A hook in another language, a link, or one that is switched off: put aside, and called by ours."""
    if hooktext.is_chained(path):
        raise Refused("is in the way: two hooks to call", where=hooktext.aside(path), hint="merge the two by hand")
    after, remember = hooktext.restored(None, name, chained=True)
    return Plan(
        steps=[
            Move(path, hooktext.aside(path), f"git hook {name}, not a shell script: called by gitml's"),
            Write(path, None, _encode(after), f"git hook {name}", EXECUTABLE, remember),
        ]
    )


def _remove_one(path: str, memory: Memory) -> Plan:
    known, name = memory.get(path), os.path.basename(path).partition(".")[0]
    plan = Plan(forgotten=[path] if known else [])
    raw = None if os.path.islink(path) else content(path)
    if raw is not None and hooktext.is_shell(raw):
        text = _decode(raw)
        original = hooktext.without(text, name, known)
        if original != text:
            after = None if original is None else _encode(original)
            plan.steps.append(Write(path, raw, after, f"git hook {name}"))
            raw = after
            plan.folders += above(path, known.folders) if known and after is None else []
    if hooktext.is_chained(path):
        plan.add(_put_back(path, raw is None))
    return plan


def _put_back(path: str, free: bool) -> Plan:
    if not free:
        return Plan(notes=[f"{hooktext.aside(path)} stays: {path} has lines of its own"])
    return Plan(steps=[Move(hooktext.aside(path), path, f"git hook {os.path.basename(path)}")])


def _known(where: Where, memory: Memory) -> list[str]:
    """Hooks remembered, those where one would look today, and what another tool renamed; each once."""
    home = hookfolder.find(where)
    today = [] if home.outside else [os.path.join(home.folder, name) for name in hookfolder.NAMES]
    plain = [os.path.join(where.common_dir, "hooks", name) for name in hookfolder.NAMES]
    remembered = [path for path in memory.paths() if os.path.basename(path) in hookfolder.NAMES]
    renamed = [path + suffix for path in today + plain for suffix in RENAMED if os.path.isfile(path + suffix)]
    return list(dict.fromkeys(remembered + today + plain + renamed))


def _foreign(path: str, home: HookFolder) -> bool:
    """Whether the block cannot go into this file."""
    if not os.path.lexists(path):
        return False
    if os.path.islink(path):
        return True
    raw = content(path) or b""
    if not hooktext.is_shell(raw):
        return True
    ours = SHELL.count(_decode(raw)) != (0, 0)
    return not ours and not _runs(path) and home.manager != "husky"


def _remarks(home: HookFolder, forced: bool) -> list[str]:
    notes = []
    if home.outside and not forced:
        notes.append(f"git's hooks lie in {home.folder}, which other repositories may use: gitml init --force-hooks")
    if home.manager == "husky":
        notes.append("husky: gitml's lines are in .husky/, which the team shares; commit them")
    elif home.in_tree:
        notes.append(f"the hooks in {home.folder} are files of this repository; commit them")
    if home.manager == "lefthook":
        notes.append(LEFTHOOK)
    return notes


LEFTHOOK = """lefthook writes its hooks anew and drops what others put there. To be safe, add to lefthook.yml:
  pre-commit:
    commands:
      gitml:
        run: gitml hook git pre-commit"""


def _runs(path: str) -> bool:
    return os.access(path, os.X_OK)


def _missing(path: str) -> int:
    from gitml.ops.setup.paths import missing_folders

    return len(missing_folders(path))


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
