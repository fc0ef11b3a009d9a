"""``gitml uninstall``"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common
from gitml.errors import BadUsage

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.setup.memory import Memory


@click.command()
@click.option(
    "--agent",
    "agents",
    metavar="NAME",
    multiple=True,
    help="Only the hooks of this agent: claude, codex, gemini, grok or cursor; repeatable. gitml stays set up.",
)
@click.option("--user", is_flag=True, help="Out of your own settings of the agents, too.")
@click.option(
    "--purge-local",
    is_flag=True,
    help="Remove the clone's local state: spool, cursors, copies, logs, history of disk use.",
)
@click.option("--force", is_flag=True, help="Purge even what no commit carries yet.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@common
def command(run: Run, agents: tuple[str, ...], user: bool, purge_local: bool, force: bool, dry_run: bool) -> None:
    """Take the hooks out again, byte for byte.

    Every file is left as `gitml init` found it. The records in .git-ml/ stay, and so does what waits for a commit.
    """
    from gitml.ops.setup import init, opening, telling, uninstall

    context = opening.open_here(run.folder)
    root = context.where.root
    memory = init.remembered(context)
    if agents:
        if purge_local:
            raise BadUsage("--agent leaves gitml set up, --purge-local does not", hint="gitml uninstall --purge-local")
        _agents(run, context, memory, agents, user, dry_run)
        return
    made = uninstall.plan(context, memory, user)
    if purge_local:
        uninstall.check_purge(context, force)
    failures = [] if dry_run else uninstall.run(context, made, memory, purge_local)
    for line in telling.lines(made, root) or ["nothing of gitml's is installed here"]:
        run.say(line)
    left = uninstall.left(context, memory)
    for line in left:
        run.say(line)
    run.emit({"dry_run": dry_run, **telling.as_object(made, root), "left": left, "failures": failures})
    _finish(failures)


def _agents(run: Run, context: Context, memory: Memory, agents: tuple[str, ...], user: bool, dry_run: bool) -> None:
    from gitml.ops.setup import telling, uninstall

    made = uninstall.plan_agents(context, memory, agents, user)
    failures = [] if dry_run else uninstall.run_agents(context, made, memory)
    for line in telling.lines(made, context.where.root) or [f"no hooks of {', '.join(agents)} are installed here"]:
        run.say(line)
    told = telling.as_object(made, context.where.root)
    run.emit({"dry_run": dry_run, **told, "left": [], "failures": failures})
    _finish(failures)


def _finish(failures: list[str]) -> None:
    from gitml.errors import DoneInPart

    if failures:
        raise DoneInPart("taken out, but not from everywhere", failures, hint="gitml doctor")
