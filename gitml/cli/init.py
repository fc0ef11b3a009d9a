"""``gitml init``"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.setup.init import Options, Outcome

READABLE = (
    "From now on the prompts and answers of agent sessions here are recorded, and with the next push they are readable "
    "by\neveryone who has the repository. `gitml pause` stops it."
)


@click.command()
@click.option(
    "--import/--no-import",
    "wanted",
    default=None,
    help="Take in the sessions of this repository that lie on this machine, or do not even ask.",
)
@click.option(
    "--agent",
    "agents",
    metavar="NAME",
    multiple=True,
    help="Put hooks in place for this agent: claude, codex, gemini, grok or cursor; repeatable. Without it: for "
    "those that have them here, else for Claude Code, and the others but Cursor where the repository has their folder.",
)
@click.option("--user", is_flag=True, help="Put the agents' hooks into your own settings, not the repository's.")
@click.option(
    "--persist", metavar="WAY", help="How records get into history: auto, with-commits, own-commits or side-branch."
)
@click.option(
    "--bootstrap",
    metavar="SOURCE",
    help="What installs gitml on machines that are thrown away: wheel (this gitml, committed), a wheel's file, a "
    "requirement for pip, a path, or none.",
)
@click.option("--agents-md", is_flag=True, help="Tell agents in CLAUDE.md or AGENTS.md how to read the records.")
@click.option("--stage/--no-stage", default=True, help="Stage what was written (the default), or leave that to you.")
@click.option("--force-hooks", is_flag=True, help="Write to a hooks folder outside the repository, too.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@common
def command(
    run: Run,
    wanted: bool | None,
    agents: tuple[str, ...],
    user: bool,
    persist: str | None,
    bootstrap: str | None,
    agents_md: bool,
    stage: bool,
    force_hooks: bool,
    dry_run: bool,
) -> None:
    """Record this repository's agent sessions from now on.

    Writes .git-ml/, agents' hooks and git hooks, beside what is there, and stages it. Can be run any number of
    times; `gitml uninstall` takes it out byte for byte.
    """
    from gitml.ops.redacting import warming
    from gitml.ops.setup import init, opening, source

    context = opening.open_here(run.folder)
    named = source.given(bootstrap, context.where.root, run.folder) if bootstrap is not None else None
    options = init.Options(user, stage, agents_md, force_hooks, persist, named, agents)
    if dry_run:
        _foresee(run, context, options)
        return
    outcome = init.run(context, options)
    _say_changes(run, context, outcome)
    if _can_ask(run):  # somebody sits there: the machine will be used again
        warming.aside()
    imported = _import(run, context, wanted, outcome)
    run.emit(_as_object(context, outcome, imported))
    _finish(outcome)


def _foresee(run: Run, context: Context, options: Options) -> None:
    from gitml.errors import DoneInPart
    from gitml.ops.setup import init, telling

    made = init.plan(context, options, init.remembered(context))
    run.emit({"dry_run": True, **telling.as_object(made, context.where.root), "failures": made.failures})
    for line in telling.lines(made, context.where.root) or ["nothing would change"]:
        run.say(line)
    if made.failures:
        raise DoneInPart("not everything could be done", made.failures, hint="gitml doctor")


def _say_changes(run: Run, context: Context, outcome: Outcome) -> None:
    from gitml.cli.render.text import count
    from gitml.ops.setup import telling

    root = context.where.root
    for line in telling.lines(outcome.plan, root):
        run.say(line)
    if outcome.backfilled:
        run.say(f"recorded {count(outcome.backfilled, 'earlier commit')}, to ride with the next one")
    if not outcome.plan.steps and not outcome.plan.stage:
        run.say("gitml is set up here already; nothing changed")
        return
    if outcome.first:
        run.say(READABLE)
    if outcome.plan.stage:
        run.say('next: git commit -m "Record agent sessions with gitml"')


def _import(run: Run, context: Context, wanted: bool | None, outcome: Outcome) -> int:
    """Sessions that were there before: named, and taken in only where somebody said so."""
    from gitml.cli.render.text import count, size
    from gitml.ops.setup import earlier

    found = earlier.find(context)
    if not found:
        return 0
    run.say(f"{count(len(found), 'earlier session')} of this repository on this machine, {size(earlier.total(found))}")
    if wanted is None and _can_ask(run):
        wanted = click.confirm("Import them? Everyone who has the repository will be able to read them", default=False)
    if not wanted:
        run.say("not imported; to do that later: gitml init --import")
        return 0
    imported, failures = earlier.take(context, found)
    outcome.failures += failures
    run.say(f"imported {count(imported, 'session')}, to ride with the next commits, at most 20 MB in each")
    return imported


def _can_ask(run: Run) -> bool:
    return not run.json and not run.quiet and sys.stdin.isatty() and sys.stdout.isatty()


def _as_object(context: Context, outcome: Outcome, imported: int) -> dict[str, object]:
    from gitml.ops.setup import telling

    told = telling.as_object(outcome.plan, context.where.root)
    return {**told, "backfilled": outcome.backfilled, "imported": imported, "failures": outcome.failures}


def _finish(outcome: Outcome) -> None:
    from gitml.errors import DoneInPart

    if outcome.failures:
        raise DoneInPart("set up, but not everything could be done", outcome.failures, hint="gitml doctor")
