"""``gitml uninstall``: every file as it was before ``init``, and the records where they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial

from gitml.errors import GitmlError
from gitml.git import refs
from gitml.ops import stores
from gitml.ops.context import Context
from gitml.ops.health.place import forget_history
from gitml.ops.setup import blocks_plan, bootstrap_plan, chosen, hooks_plan, init, settings_plan, stage
from gitml.ops.setup.apply import apply
from gitml.ops.setup.clients import CLIENTS, Client, named
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused, content
from gitml.ops.setup.plan import Plan, Write
from gitml.store import spool
from gitml.store.files import entries, make_dirs, remove_files, remove_if_empty, write_atomic
from gitml.store.layout import SETUP, TAKEN_OUT
from gitml.store.lock import hold
from gitml.store.trees import remove_tree


def plan(context: Context, memory: Memory, user: bool = False) -> Plan:
    """Everything of gitml's that is in a file of somebody else's, taken out. ``user``: their own settings as well."""
    where = context.where
    made = _agents(context, memory, CLIENTS, user)
    _try(made, lambda: hooks_plan.remove(where, memory))
    _try(made, lambda: blocks_plan.remove_exclude(where, memory))
    _try(made, lambda: blocks_plan.remove_guides(where, memory))
    _try(made, lambda: bootstrap_plan.remove(context.layout))
    made.add(_without_bin(context.layout.local))
    made.add(stage.for_uninstall(where, made))
    return made


def plan_agents(context: Context, memory: Memory, names: Sequence[str], user: bool = False) -> Plan:
    """The hooks of these agents alone, taken out. Raises BadUsage as ``clients.named``."""
    made = _agents(context, memory, named(names), user)
    made.add(stage.for_uninstall(context.where, made))
    return made


def run_agents(context: Context, made: Plan, memory: Memory) -> list[str]:
    """Apply such a plan; gitml stays set up. Returns the failures."""
    with hold(context.layout.lock):
        return _apply(context, made, memory)


def _agents(context: Context, memory: Memory, clients: Sequence[Client], user: bool) -> Plan:
    """What is nobody's but the user's is not even parsed: it may hold what only its agent reads."""
    made, root = Plan(), context.where.root
    for client in clients:
        for path in (path for own in sorted({False, user}) for path in client.files(root, os.environ, own)):
            if memory.get(path) is not None or chosen.holds(path):
                _try(made, partial(settings_plan.remove, init.within(root, path), path, memory, client))
    return made


def run(context: Context, made: Plan, memory: Memory, purge: bool = False) -> list[str]:
    """Apply the plan, and with ``purge`` remove the clone's local state. Returns the failures."""
    local, remember = context.layout.local, bool(made.steps) or os.path.isdir(context.layout.data)
    with hold(context.layout.lock):
        if remember:  # first: once the hooks are gone, the start of a session would put them back
            _remember(context)
        failures = _apply(context, made, memory)
    stores.forget(context.layout, os.environ)
    if not _runs_from(context.layout.program):
        remove_tree(context.layout.program)
    if purge:
        remove_tree(local)
        forget_history(context.layout, os.environ)
        failures += _without_refs(context.where.root)
        if remember:
            _remember(context)
    else:
        _tidy(local)
    return failures


def _apply(context: Context, made: Plan, memory: Memory) -> list[str]:
    failures = made.failures + apply(made, memory)
    try:
        stage.put(context.where.root, made.stage)
    except GitmlError as error:
        failures.append(str(error))
    return failures


def _remember(context: Context) -> None:
    """That a person took it out of this clone: hooks, also those in the person's own settings, leave it alone."""
    make_dirs(context.layout.local)
    write_atomic(context.layout.taken_out, b"", 0o600)


def _runs_from(folder: str) -> bool:
    """Whether this is the gitml that a bootstrap put there: it needs its files to the end."""
    return os.path.realpath(__file__).startswith(os.path.realpath(folder) + os.sep)


def check_purge(context: Context, force: bool) -> None:
    """Raises GitmlError where local state holds records that no commit carries, unless ``force``."""
    if _waiting(context) and not force:
        raise GitmlError(
            "the spool holds records that no commit carries yet",
            where=context.layout.spools,
            hint="commit, or: gitml uninstall --purge-local --force",
        )


def left(context: Context, memory: Memory) -> list[str]:
    """What is still there of gitml, in words."""
    found = [
        f"work tree {name} still has hooks of agents; to take them out, run gitml uninstall there"
        for name in memory.other_trees()
    ]
    if os.path.isdir(context.layout.data):
        found.append("the records in .git-ml/ stay; to drop them: git rm -r .git-ml")
    if _waiting(context):
        found.append(
            "records no commit carries yet stay in the git directory; to drop them: "
            "gitml uninstall --purge-local --force"
        )
    return found


def _waiting(context: Context) -> bool:
    """Whether any work tree's spool holds records."""
    names = [entry.name for entry in entries(context.layout.spools)]
    return any(not spool.is_empty(context.layout.of(name)) for name in names)


def _tidy(local: str) -> None:
    """Where nothing was ever recorded, only the lock and caches are left: they go."""
    passing = [os.path.join(local, name) for name in ("lock", "config.json", "redact.json", SETUP)]
    names = {entry.path for entry in entries(local)}
    if names <= {*passing, os.path.join(local, TAKEN_OUT)}:
        remove_files(passing)
        remove_if_empty(local)


def _without_bin(local: str) -> Plan:
    path = os.path.join(local, "bin")
    before = content(path)
    return Plan() if before is None else Plan(steps=[Write(path, before, None, "where gitml is")])


def _without_refs(root: str) -> list[str]:
    try:
        refs.delete_own(root)
    except GitmlError as error:
        return [str(error)]
    return []


def _try(made: Plan, part: Callable[[], Plan]) -> None:
    try:
        made.add(part())
    except Refused as error:
        made.failures.append(str(error))
