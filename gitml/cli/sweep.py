"""``gitml sweep``: one retention sweep."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common
from gitml.errors import BadUsage, DoneInPart, GitmlError

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.retention.plan import Choice
    from gitml.ops.retention.policy import Policy
    from gitml.ops.retention.sweep import Report


@click.command()
@click.option("--soft-cap", metavar="SIZE", help="Evict the oldest analyzed sessions above SIZE (500MB, 2GiB).")
@click.option("--hard-cap", metavar="SIZE", help="Above SIZE evict what is not analyzed, too, after trying to.")
@click.option("--max-age", metavar="AGE", help="Evict analyzed sessions that were quiet for longer (90d, 12h).")
@click.option(
    "--source",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Take in every session found in DIR, as sync does.",
)
@click.option("--no-digest", is_flag=True, help="Make no digests, unless the hard cap asks for them.")
@click.option("--keep-all", is_flag=True, help="Evict nothing where no age and no cap says what may go.")
@click.option("--remove-all", is_flag=True, help="Go on where no raw copy would be left.")
@click.option("--dry-run", is_flag=True, help="Say what would become of the raw copies there are, and change nothing.")
@common
def command(
    run: Run,
    soft_cap: str | None,
    hard_cap: str | None,
    max_age: str | None,
    source: str | None,
    no_digest: bool,
    keep_all: bool,
    remove_all: bool,
    dry_run: bool,
) -> None:
    """Keep raw copies of transcripts within their budget; fit for a daily schedule.

    Takes all sessions in, captures and digests them, then evicts raw copies by [retention] in config.toml, or by
    the options, which go before it. What goes has a digest that stands for it, unless the hard cap leaves no other way:
    then a record of the loss comes first. Sessions that may still go on are never touched.
    """
    from gitml.cli.progress import Bar
    from gitml.ops.context import open_store
    from gitml.ops.retention.sweep import Wanted, look, sweep

    context = open_store(run.folder)
    if context.paused:
        raise GitmlError(
            "recording is switched off here", where=context.where.root, hint="gitml resume, or unset GITML"
        )
    now = time.time()
    policy = _policy(context, soft_cap, hard_cap, max_age, now, keep_all=keep_all, remove_all=remove_all)
    wanted = Wanted(policy, now, source=source, digest=not no_digest, remove_all=remove_all)
    if dry_run:
        report = look(context, wanted)
    else:
        with Bar(run, "Reading sessions") as reading, Bar(run, "Making digests") as digesting:
            bars = {"Reading sessions": reading, "Making digests": digesting}
            report = sweep(context, wanted, lambda what, done, all: bars[what].update(done, all))
    run.emit({**report.to_dict(), "dry_run": dry_run})
    _tell(run, report, dry_run)
    if report.errors or report.plan.short:
        hint = "gitml doctor" if report.errors else "gitml digest"
        raise DoneInPart("not all could be done", [*report.errors, *report.plan.short], hint=hint)


def _policy(
    context: Context,
    soft_cap: str | None,
    hard_cap: str | None,
    max_age: str | None,
    now: float,
    *,
    keep_all: bool,
    remove_all: bool,
) -> Policy:
    from gitml.ops.retention import policy as policies
    from gitml.ops.retention.sizes import parse

    policy = policies.of_config(context.config)
    if soft_cap is not None:
        policy = policy._replace(soft_cap=parse(soft_cap))
    if hard_cap is not None:
        policy = policy._replace(hard_cap=parse(hard_cap))
    if max_age is not None:
        policy = policy._replace(max_age=_seconds(max_age, now))
    policies.check(policy, keep_all=keep_all, remove_all=remove_all)
    return policy


def _seconds(age: str, now: float) -> float:
    from gitml.model import times
    from gitml.ops.reading import when

    seconds = round(now - times.millis(when.parse(age, now)) / 1000)
    if seconds < 0:
        raise BadUsage(f"--max-age {age}: that is still to come")
    return float(seconds)


def _tell(run: Run, report: Report, dry_run: bool) -> None:
    from gitml.cli.render.text import count, size

    plan = report.plan
    if not dry_run:
        took = (
            f"{count(report.captured, 'raw copy', 'raw copies')} written, {count(len(report.digested), 'digest')} made"
        )
        run.say(f"{count(report.sessions, 'session')} looked at, {took}")
    for choice in plan.choices:
        if choice.evict or dry_run or run.verbose:
            run.say(_line(choice, dry_run))
    for note in plan.notes:
        run.warn(note)
    lost = sum(choice.loss for choice in plan.order)
    if lost:
        run.warn(f"{count(lost, 'session')} {'would go' if dry_run else 'went'} without a digest (data_loss)")
    gone, freed = (len(plan.order), plan.before - plan.after) if dry_run else (len(report.evicted), report.freed)
    left = f"{count(len(plan.choices) - len(plan.order), 'raw copy', 'raw copies')} with {size(plan.after)} remain"
    run.say(f"{'would evict' if dry_run else 'evicted'} {gone}, {size(freed)} freed; {left}")


def _line(choice: Choice, dry_run: bool) -> str:
    from gitml.cli.render.text import fit, moment, size
    from gitml.model.times import of_epoch
    from gitml.ops.reading.prefix import prefix

    word = "evict" if choice.evict and dry_run else "evicted" if choice.evict else "keep"
    octets = size(choice.freed) if choice.evict else size(sum(choice.held.objects.values()))
    last = moment(of_epoch(choice.held.last))[:10]
    return fit(f"{word:7}  {prefix(choice.held.session_id):13}  {last}  {octets:>8}  {choice.why}", 160)
