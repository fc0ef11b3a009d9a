"""``gitml compact``: fold old parts into the base."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.compacting.compact import Compacted


@click.command()
@click.option("--older-than", metavar="AGE", help="Fold parts older than AGE (14d, 12h, 2026-11-01), this once.")
@click.option("--commit", is_flag=True, help="Commit just that; what you have staged stays staged.")
@click.option("--branch", metavar="NAME", help="Commit it onto a new branch from the default branch's tip.")
@click.option("--gzip", is_flag=True, help="Compress the months that move to the archive.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--force", is_flag=True, help="Go on off the default branch.")
@common
def command(
    run: Run, older_than: str | None, commit: bool, branch: str | None, gzip: bool, dry_run: bool, force: bool
) -> None:
    """Fold old parts into the base.

    Each record stands there once, in its winning version, sorted by time.

    Acts on what HEAD carries, on the default branch; what waits in the spool stays there. Stages its result, unless
    --commit or --branch commits it. When a base file exceeds archive_bytes, its oldest closed months move to
    archive/. The same records give the same bytes, whoever compacts.
    """
    from gitml.cli.progress import Bar
    from gitml.errors import BadUsage, DoneInPart
    from gitml.ops import context as opening
    from gitml.ops.compacting.compact import compact, compact_onto
    from gitml.ops.compacting.plan import Wanted

    if branch is not None and (commit or force):
        raise BadUsage("--branch commits by itself, from wherever you are", hint="leave out --commit and --force")
    context = opening.open_store(run.folder)
    wanted = Wanted(time.time(), older_than, gzip)
    with Bar(run, "Folding") as bar:
        if branch is not None:
            done = compact_onto(context, branch, wanted, bar.update, dry_run=dry_run)
        else:
            done = compact(context, wanted, bar.update, commit=commit, force=force, dry_run=dry_run)
    run.emit(_as_object(done, dry_run))
    _tell(run, done, dry_run)
    if done.plan.failures:
        raise DoneInPart("some parts stay where they are", done.plan.failures, hint="gitml verify --repair")


def _as_object(done: Compacted, dry_run: bool) -> dict[str, object]:
    rest = {"commit": done.commit or None, "branch": done.branch or None, "notes": done.notes, "dry_run": dry_run}
    return {**done.plan.to_dict(), **rest}


def _tell(run: Run, done: Compacted, dry_run: bool) -> None:
    from gitml.cli.render.text import count, one_line, size

    for note in done.notes:
        run.warn(one_line(note))
    plan = done.plan
    if plan.running:
        run.say(f"{count(len(plan.running), 'part')} of running sessions left alone (gitml session list)")
    if not plan or done.staged:
        run.say("staged already; the next commit carries it" if done.staged else "nothing to compact")
        return
    read, kept = (sum(pair[place] for pair in plan.records.values()) for place in (0, 1))
    verb = "would fold" if dry_run else "folded"
    run.say(f"{verb} {count(len(plan.parts), 'part')} into the base: {read:,} lines, {count(kept, 'record')} remain")
    if plan.thinned:
        run.say(f"  {count(plan.thinned, 'old chat')} {'would lose' if dry_run else 'lost'} input and output")
    for path, octets in sorted(plan.sizes.items()):
        run.say(f"  {one_line(path)}  {size(octets)}")
    if run.verbose:
        for name in plan.parts:
            run.say(f"  part {name}")
    if dry_run:
        return
    if done.commit:
        run.say(f"committed as {done.commit[:9]} on {one_line(done.branch) or 'a detached HEAD'}")
    else:
        run.say("staged; the next commit carries it")
