"""A clone of a repository in which somebody else set gitml up: it has the tracked part, and gets the rest by itself.

The hook of a starting session does it, so nothing is asked or said, and no file that travels is changed: git's hooks
where they are the clone's own, the line in ``info/exclude``, local state. ``gitml uninstall`` takes it out again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.git import staging
from gitml.ops import stores
from gitml.ops.setup import blocks_plan, executable, hookfolder, hooks_plan
from gitml.ops.setup.apply import apply
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused, content
from gitml.ops.setup.plan import Plan
from gitml.store.layout import DATA, Layout
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.git.where import Where
    from gitml.ops.context import Context

LOCK_SECONDS = 2.0
"""Another session that starts at the same time is doing the same, in a tenth of that."""

NOTE = 200
"""Characters. The script's own words are shorter."""


def wanted(context: Context) -> bool:
    """Whether this clone was never set up, but its branch says that the repository was. Raises GitFailed."""
    if content(context.layout.setup) is not None or context.taken_out:
        return False
    name = f"{DATA}/config.toml"
    return bool(staging.staged(context.where.root, name).get(name))


def note(layout: Layout) -> str:
    """What installing gitml on this machine left to say (``hooks/bootstrap.sh``); "" where nothing."""
    try:
        text = (content(layout.bootstrap) or b"").decode("utf-8", "replace").partition("\n")[0]
    except Refused:
        return ""
    return "".join(sign for sign in text if sign.isprintable())[:NOTE]


def heal(context: Context) -> None:
    """Set up what is missing. Where that cannot be done (a read-only git directory), it is left for ``gitml doctor``
    to tell, and the hook goes on."""
    with suppress(GitmlError, OSError):
        if wanted(context):
            with hold(context.layout.lock, LOCK_SECONDS):
                _set_up(context)


def _set_up(context: Context) -> None:
    if not wanted(context):  # whoever held the lock before us has done it
        return
    memory = Memory(context.layout.local, context.where)
    apply(plan(context, memory), memory)
    stores.note(context, os.environ)


def plan(context: Context, memory: Memory) -> Plan:
    """What is missing in this clone, without anything that travels; what is refused stays as it is."""
    made = Plan()
    parts: list[Callable[[], Plan]] = [
        lambda: _git_hooks(context.where, memory),
        lambda: blocks_plan.install_exclude(context.where, memory, personal=False),
        lambda: executable.install(context.layout.local),
    ]
    for part in parts:
        with suppress(Refused):
            made.add(part())
    return made


def _git_hooks(where: Where, memory: Memory) -> Plan:
    """Hooks that lie among the files people commit (husky, a ``core.hooksPath`` in the work tree) have gitml's lines by
    commit or not at all."""
    return Plan() if hookfolder.find(where).in_tree else hooks_plan.install(where, memory)
