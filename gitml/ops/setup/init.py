"""``gitml init``: everything a repository needs, in one plan."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from gitml.config import AUTO, SIDE_BRANCH, WAYS, Config
from gitml.errors import BadUsage, GitmlError
from gitml.ops import stores
from gitml.ops.context import Context
from gitml.ops.migrating import noticing
from gitml.ops.setup import (
    blocks_plan,
    bootstrap_plan,
    chosen,
    executable,
    hooks_plan,
    settings_plan,
    stage,
    store_files,
)
from gitml.ops.setup.apply import apply
from gitml.ops.setup.clients import CLAUDE, Client
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused
from gitml.ops.setup.plan import Plan
from gitml.ops.setup.source import Source
from gitml.store.files import make_dirs, remove_files
from gitml.store.lock import hold


@dataclass(slots=True)
class Options:
    """How to set up: ``user`` settings instead of the project's, and so on as on the command line. ``agents``: names of
    those to put hooks in place for; none for those that ``chosen.clients`` finds."""

    user: bool = False
    stage: bool = True
    guide: bool = False
    force_hooks: bool = False
    persist: str | None = None
    bootstrap: Source | None = None
    agents: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What was done: the ``plan``, the number of commits ``backfilled``, and every failure. ``first``: nothing was
    set up in this clone before."""

    plan: Plan
    backfilled: int = 0
    failures: list[str] = field(default_factory=list)
    first: bool = False


def plan(context: Context, options: Options, memory: Memory) -> Plan:
    """Everything that is not yet as it must be. Raises BadUsage for what is no way into history, no agent, or one that
    has no hooks."""
    _check(options.persist)
    where, layout, named = context.where, context.layout, options.bootstrap
    clients = chosen.clients(options.agents, where.root, os.environ, memory, options.user)
    made = Plan()
    base = (options.persist or context.config.get("persist")) != SIDE_BRANCH
    _try(made, lambda: store_files.install(layout, options.persist, base, named.install if named else None))
    _try(made, lambda: bootstrap_plan.install(layout, _with(context, named), named))
    made.add(_agent_hooks(context, options, clients, memory))
    _try(made, lambda: hooks_plan.install(where, memory, options.force_hooks))
    local = os.path.join(where.root, CLAUDE.project[1])
    personal = (CLAUDE in clients and not options.user) or os.path.lexists(local)
    _try(made, lambda: blocks_plan.install_exclude(where, memory, personal))
    if options.guide:
        _try(made, lambda: blocks_plan.install_guide(where, memory))
    made.add(executable.install(layout.local))
    if options.stage:
        made.add(stage.for_init(where, layout, made, memory, base))
    older = noticing.note(context)
    made.notes += [older] if older else []
    return made


def run(context: Context, options: Options) -> Outcome:
    """Plan, apply, stage and back-fill, under the lock. What fails on the way is in ``failures``; the rest is done."""
    make_dirs(context.layout.local)
    with hold(context.layout.lock):
        remove_files([context.layout.taken_out])
        memory = remembered(context)
        made = plan(context, options, memory)
        first = not memory.files
        outcome = Outcome(made, failures=made.failures + apply(made, memory), first=first)
        _attempt(outcome, lambda: stage.put(context.where.root, made.stage))
    _attempt(outcome, lambda: _backfill(context, outcome))
    stores.note(context, os.environ)
    return outcome


def remembered(context: Context) -> Memory:
    """What earlier runs did in this clone."""
    return Memory(context.layout.local, context.where)


def _agent_hooks(context: Context, options: Options, clients: list[Client], memory: Memory) -> Plan:
    """Entries in the settings of each agent, and what a person must know of them."""
    made, root = Plan(), context.where.root
    for client in clients:
        for path in client.files(root, os.environ, options.user):
            _try(made, partial(settings_plan.install, within(root, path), path, memory, client))
    made.notes += chosen.notes(made, clients, root, os.environ)
    if not memory.files:
        made.notes += chosen.others(clients, root, os.environ)
    return made


def within(root: str, path: str) -> str:
    """Below which no link may lead to the file: the work tree, or the folder it lies in."""
    return root if path.startswith(root + os.sep) else os.path.dirname(path)


def _with(context: Context, named: Source | None) -> Config:
    """The config, with what it will say of the bootstrap."""
    if named is None:
        return context.config
    stated = context.config.get("bootstrap") | {"install": named.install}
    return Config(context.config.values | {"bootstrap": stated})


def _check(persist: str | None) -> None:
    if persist is not None and persist not in (AUTO, *WAYS):
        raise BadUsage(
            f"persist {persist!r} is no way into history", hint=f"gitml init --persist {AUTO}; or {', '.join(WAYS)}"
        )


def _try(made: Plan, part: Callable[[], Plan]) -> None:
    try:
        made.add(part())
    except Refused as error:
        made.failures.append(f"{error}; {error.hint}" if error.hint else str(error))


def _attempt(outcome: Outcome, work: Callable[[], object]) -> None:
    try:
        work()
    except GitmlError as error:
        outcome.failures.append(str(error))


def _backfill(context: Context, outcome: Outcome) -> None:
    from gitml.ops.riding.commits import backfill

    outcome.backfilled = backfill(context, context.config.get("record.backfill_commits"))
