"""``gitml digest``: the short summary that is kept of a session."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from gitml.cli.options import Run, common
from gitml.cli.progress import Bar
from gitml.errors import DoneInPart, GitmlError

if TYPE_CHECKING:
    from gitml.ops.digesting.plan import Plan


@click.command()
@click.argument("sessions", nargs=-1, metavar="[SESSION]...")
@click.option("--all", "again", is_flag=True, help="Make every digest anew, not only those that are missing or old.")
@click.option("--dry-run", is_flag=True, help="Say which would be made and why; make none.")
@common
def command(run: Run, sessions: tuple[str, ...], again: bool, dry_run: bool) -> None:
    """Make the short summary that is kept of a session for ever.

    Of all recorded sessions that have none, or that went on since; those that may still go on are left alone.
    SESSION is the beginning of a session's id, or of any chat, action or commit in it: that one is done, whatever its
    state. A session with a digest counts as analyzed. Read them with `gitml cat digests`.
    """
    from gitml.ops.digesting import plan as digesting
    from gitml.ops.reading.current import open_current
    from gitml.ops.reading.find import session_of

    context = open_current(run.folder)
    if context.paused:
        raise GitmlError(
            "recording is switched off here", where=context.where.root, hint="gitml resume, or unset GITML"
        )
    if not context.config.records("digests"):
        raise GitmlError(
            "this repository does not record digests", hint="add `digests` to record.streams in config.toml"
        )
    now = time.time()
    named = [session_of(context, session) for session in sessions] or None
    plan = digesting.plan(context, now, named=named, again=again)
    if dry_run:
        run.emit({"plan": [item.to_dict() for item in plan.items]})
        _tell(run, plan)
        return
    with Bar(run, "Making digests") as bar:
        report = digesting.apply(context, plan, now, bar.update)
    left = [item.to_dict() for item in plan.items if not item.make]
    run.emit({"made": report.made, "same": report.same, "left": left, "errors": report.errors})
    _summary(run, report.made, len(report.same), left)
    if report.errors:
        raise DoneInPart("some sessions have no digest now", report.errors, hint="gitml doctor")


def _tell(run: Run, plan: Plan) -> None:
    for item in plan.items:
        run.say(f"{'make' if item.make else 'leave'}  {item.session.get('session_id')}  {item.why}")
    run.say(f"would make {sum(item.make for item in plan.items)} of {len(plan.items)}")


def _summary(run: Run, made: list[dict[str, Any]], same: int, left: list[dict[str, Any]]) -> None:
    from gitml.cli.render.text import count, fit, money, one_line
    from gitml.ops.reading.prefix import prefix

    for digest in made:
        first = next((each["text"] for each in digest["snippets"] if each["kind"] == "first_prompt"), "")
        line = (
            f"{prefix(digest['session_id']):13}  {digest['outcome']:11}  {money(digest['cost']):>8}  {one_line(first)}"
        )
        run.say(fit(line, 100))
    active = sum(each["why"] == "it may still go on" for each in left)
    more = [f"{same + len(left) - active} up to date"] + ([f"{active} may still go on"] if active else [])
    run.say(f"{count(len(made), 'digest')} made, {', '.join(more)}")
