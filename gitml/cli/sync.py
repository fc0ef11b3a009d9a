"""``gitml sync``: bring every stream up to date."""

from __future__ import annotations

import click

from gitml.cli.options import Run, common
from gitml.errors import DoneInPart, GitmlError


@click.command("sync")
@click.option("--full", is_flag=True, help="Read every session from its start again.")
@click.option(
    "--source",
    "source_dir",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Take every session found in DIR, whatever repository it was made in.",
)
@click.option(
    "--agent", "agents", multiple=True, metavar="NAME", help="This agent's sessions, and no other's; repeatable."
)
@common
def command(run: Run, full: bool, source_dir: str | None, agents: tuple[str, ...]) -> None:
    """Bring every stream up to date from the agents' transcripts and from git.

    Safe to run any number of times: what is recorded already is not recorded again.
    """
    from gitml.cli.progress import Bar
    from gitml.ops.context import open_store
    from gitml.ops.migrating import noticing
    from gitml.ops.pause import how_to_resume
    from gitml.ops.record.sync import sync_all
    from gitml.ops.setup import heal

    context = open_store(run.folder)
    if context.paused:
        raise GitmlError("recording is switched off here", where=context.where.root, hint=how_to_resume())
    with Bar(run, "Reading sessions") as bar:
        report = sync_all(context, full=full, source_dir=source_dir, agents=list(agents) or None, progress=bar.update)
    run.emit(
        {
            "sessions": report.sessions,
            "appended": report.appended,
            "captured": report.captured,
            "commits": report.commits,
            "errors": report.errors,
            "damage": report.damage,
            "warnings": report.warnings,
        }
    )
    for warning in report.warnings:
        run.warn(warning)
    if heal.wanted(context):
        run.warn(
            "git's hooks are not set up in this clone, so its commits carry no records; to set them up: gitml init"
        )
    older = noticing.note(context)
    if older:
        run.warn(older)
    run.say(f"{report.sessions} sessions, {report.appended} records appended, {len(report.errors)} errors")
    for damage in report.damage if run.verbose else ():
        run.warn(f"passed over {damage}")
    if report.damage and not run.verbose:
        run.say(f"{len(report.damage)} damaged lines passed over (gitml sync -v names them)")
    if report.errors:
        raise DoneInPart("some sessions could not be taken in", report.errors, hint="gitml doctor")
