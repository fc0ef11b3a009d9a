"""What a set-up puts into the index: what gitml wrote, and nothing of the user's that stood in the same file."""

from __future__ import annotations

import os
from collections.abc import Iterable

from gitml.git import staging
from gitml.git.where import Where
from gitml.ops.migrating import moving
from gitml.ops.setup import bootstrap_plan, store_files
from gitml.ops.setup.gitcall import ask, says
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.plan import Plan, Write
from gitml.store.layout import DATA, Layout


def for_init(where: Where, layout: Layout, plan: Plan, memory: Memory, base: bool = True) -> Plan:
    """The store's files, whatever ignores them, and shared files where staging them stages only gitml's change."""
    made = Plan()
    changed = set(_changed(where, plan))
    held = set(ask(where.root, "ls-files", "-z", "--", DATA).split("\0"))
    older = {os.path.relpath(path, where.root) for path in moving.files(layout)}
    ours = [name for name in store_files.relative(layout, base) if name not in older or name in held]
    made.stage = [name for name in ours if name not in held or name in changed]
    for name in sorted({*bootstrap_plan.paths(layout), *(name for name in changed if bootstrap_plan.is_part(name))}):
        if name not in held or name in changed:
            made.stage.append(name)
    for name in sorted(changed | set(_ours(where, memory))):
        if not name.startswith(DATA + "/"):
            made.add(_shared(where, name, plan, memory))
    if _ignored(where.root, f"{DATA}/config.toml"):
        made.notes.append(f"something ignores {DATA}; gitml's files in it are staged all the same")
    return made


def for_uninstall(where: Where, plan: Plan) -> Plan:
    """Files whose state in the index is what lies in the work tree: taking our part out is staged, too."""
    clean = [name for name in _changed(where, plan) if _tracked(where.root, name) and _clean(where.root, name)]
    return Plan(stage=clean)


def put(root: str, names: Iterable[str]) -> None:
    """Stage each path as it is in the work tree, gone ones as gone. Raises GitFailed, also for a locked index."""
    names = list(names)
    there = [name for name in names if os.path.lexists(os.path.join(root, name))]
    gone = [name for name in names if name not in there]
    if there:
        staging.add(root, there)
    if gone:
        staging.remove(root, gone)


def _shared(where: Where, name: str, plan: Plan, memory: Memory) -> Plan:
    path = os.path.join(where.root, name)
    if name.endswith(".local.json"):
        return Plan()
    if _tracked(where.root, name):
        if _clean(where.root, name):
            return Plan(stage=[name])
        return Plan(notes=[f"{name} has changes of yours that are not staged; stage it when they are ready"])
    known = next((step.remember for step in plan.steps if isinstance(step, Write) and step.path == path), None)
    known = known or memory.get(path)
    if _ignored(where.root, name):
        return Plan(notes=[f"{name} is ignored: it works here, but nobody else gets it"])
    if known and known.created:
        return Plan(stage=[name])
    return Plan(notes=[f"{name} is not tracked and stays so; add it to share the hooks"])


def _changed(where: Where, plan: Plan) -> list[str]:
    """Files of the work tree the plan writes, as git names them."""
    paths = [step.path for step in plan.steps if isinstance(step, Write)]
    return [os.path.relpath(path, where.root) for path in paths if _in_tree(where, path)]


def _ours(where: Where, memory: Memory) -> list[str]:
    """Files gitml made earlier that no commit and no index holds yet."""
    paths = [path for path in memory.paths() if _in_tree(where, path) and os.path.exists(path)]
    names = [os.path.relpath(path, where.root) for path in paths if memory.files[memory.key(path)].created]
    return [name for name in names if not _tracked(where.root, name)]


def _in_tree(where: Where, path: str) -> bool:
    inside = path.startswith(where.root + os.sep)
    return inside and not any(path.startswith(base + os.sep) for base in (where.git_dir, where.common_dir))


def _tracked(root: str, name: str) -> bool:
    return says(root, "ls-files", "--error-unmatch", "--", name)


def _clean(root: str, name: str) -> bool:
    return says(root, "diff", "--quiet", "--", name)


def _ignored(root: str, name: str) -> bool:
    return says(root, "check-ignore", "--quiet", "--no-index", "--", name)
