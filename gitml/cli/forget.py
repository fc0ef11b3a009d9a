"""``gitml forget``: take records out, for good."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.forgetting.forget import Plan
    from gitml.ops.forgetting.targets import Chosen

SHOWN = 20


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--session", metavar="S", help="Everything of that session.")
@click.option("--since", metavar="TIME", help="With --until: everything said from TIME on.")
@click.option("--until", metavar="TIME", help="With --since: up to TIME; a day counts to its end (UTC).")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where there is no terminal.")
@common
def command(
    run: Run, ids: tuple[str, ...], session: str | None, since: str | None, until: str | None, dry_run: bool, yes: bool
) -> None:
    """Take records out of every view, for good.

    By ID (at least 8 characters of it), by session, or by time; one of the three. A chat takes its tool calls and
    sub-agents along. What waits for a commit is deleted; what a commit holds is hidden from every view at once, in
    other clones as soon as they merge this, and stays in git history until that is rewritten: the commits and the
    command are named.
    """
    from gitml.ops import context as opening
    from gitml.ops.forgetting import forget, unfinished

    context = opening.open_store(run.folder)
    if not dry_run:
        unfinished.finish(context.layout)
        forget.out_of_copies(context)
    plan = forget.plan(context, _chosen(context, ids, session, since, until), time.time())
    if dry_run:
        run.emit({**plan.to_dict(), "purged": 0, "dry_run": True})
        _tell(run, plan, "would forget")
        _history(run, plan)
        return
    if not yes:
        _ask(run, plan)
    purged = forget.apply(context, plan)
    run.emit({**plan.to_dict(), "purged": purged, "dry_run": False})
    if yes:
        _tell(run, plan, "forgot")
    _history(run, plan)


def _chosen(context: Any, ids: tuple[str, ...], session: str | None, since: str | None, until: str | None) -> Chosen:
    from gitml.errors import BadUsage
    from gitml.ops.forgetting import targets
    from gitml.ops.reading import when

    if [bool(ids), session is not None, since is not None or until is not None].count(True) != 1:
        raise BadUsage("give ids, or --session, or --since with --until; one of the three", hint="gitml forget --help")
    if ids:
        return targets.by_ids(context, ids)
    if session is not None:
        return targets.by_session(context, session)
    if since is None or until is None:
        raise BadUsage("a time range has two ends", hint="give both --since and --until")
    now = time.time()
    return targets.by_time(context, when.parse(since, now), when.parse(until, now, end=True))


def _ask(run: Run, plan: Plan) -> None:
    from gitml.errors import BadUsage

    if run.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadUsage("nobody here to ask", hint="look with --dry-run, then say --yes")
    _tell(run, plan, "will forget")
    click.confirm("Forget this for good?", abort=True)


def _tell(run: Run, plan: Plan, verb: str) -> None:
    from gitml.cli.render.text import count, fit, one_line

    whole = f" (all of {count(len(plan.sessions), 'session')})" if plan.sessions else ""
    run.say(f"{verb} {count(len(plan.records), 'record')}{whole}:")
    for stream, record in plan.records[:SHOWN]:
        text = one_line(record.get("input") or record.get("summary") or record.get("subject") or "")
        run.say(fit(f"  {stream}  {one_line(record.get('id'))}  {text}", 100))
    if len(plan.records) > SHOWN:
        run.say(f"  … and {len(plan.records) - SHOWN} more")
    for note in plan.notes:
        run.say(f"note: {one_line(note)}")


def _history(run: Run, plan: Plan) -> None:
    from gitml.cli.render.text import one_line

    for one in plan.held:
        shown = " ".join(sha[:9] for sha in one.commits[:SHOWN]) + (" …" if len(one.commits) > SHOWN else "")
        unsure = "" if one.complete else " (the search took too long and was given up)"
        if one.commits or unsure:
            run.say(f"git history still holds {one_line(one.id)}: {shown}{unsure}")
    if plan.rewrite:
        run.say("to rewrite history (every commit id changes; everybody clones anew):")
        run.say(f"  {plan.rewrite}")
        run.say("other clones show these records until they merge this; their history keeps them until rewritten, too")
    run.say("the agent's own transcript on this machine is not touched")
