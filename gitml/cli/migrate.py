"""``gitml migrate``"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.migrating.report import Report

SHOWN = 20


@click.command("migrate")
@click.option(
    "--from",
    "source",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Take in what lies in DIR, a .git-ml folder or one that holds such a folder, instead of this work tree.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be taken in, and change nothing.")
@common
def command(run: Run, source: str | None, dry_run: bool) -> None:
    """Take in what older layouts hold.

    That is one file a record (.git-ml/chats/, sessions/, actions/, commits/, orchestration/), shared files
    (.git-ml/tracked/<stream>.jsonl with other keys), records in parts (tracked/chunked/), *.jsonl.lifecycle.json beside
    transcripts, and disk_health_history.jsonl. What is found goes into the spool, redacted, and rides with the next
    commit. Shared files move to .git-ml/legacy/ first, on the default branch; everything else stays as it is.

    Can be run any number of times. What could not be read is named, and the exit code is 3.
    """
    from gitml.cli.progress import Bar
    from gitml.errors import GitmlError
    from gitml.ops.context import open_store
    from gitml.ops.migrating.migrate import Wanted, migrate
    from gitml.ops.pause import how_to_resume

    context = open_store(run.folder)
    if context.paused and not dry_run:
        raise GitmlError("recording is switched off here", where=context.where.root, hint=how_to_resume())
    _warn(run, context)
    wanted = Wanted(time.time(), os.environ, os.path.join(run.folder, source) if source else "", dry_run)
    with Bar(run, "Taking in") as bar:
        report = migrate(context, wanted, bar.update)
    run.emit({"dry_run": dry_run, **report.to_dict()})
    _tell(run, report, dry_run)
    _fail(report)


def _warn(run: Run, context: Context) -> None:
    """What gitml has recorded itself is not taken in a second time; what it records later, it cannot know of."""
    from gitml.cli.render.text import count
    from gitml.ops.migrating import noticing
    from gitml.ops.record.sync import earlier_sessions

    unread = len(earlier_sessions(context)) if noticing.note(context) else 0
    if unread:
        run.warn(
            f"{count(unread, 'session')} of this repository not recorded yet, which would stand twice if an older tool "
            "has them, too; to record them first: gitml sync"
        )


def _tell(run: Run, report: Report, dry_run: bool) -> None:
    from gitml.cli.render.text import count, one_line

    if not any(report.files.values()) and not report.moved and not report.refused:
        run.say("nothing of an older layout is here")
        return
    for name, files in report.files.items():
        if files:
            run.say(f"{name}: {count(report.records[name], 'record')} in {count(files, 'file')}")
    for path, lines in sorted(report.moved.items()):
        verb = "would move" if dry_run else "moved"
        run.say(f"{verb} {count(lines, 'line')} of {one_line(os.path.basename(path))} to .git-ml/legacy/, staged")
    for stream, counts in report.streams.items():
        told = ", ".join(f"{number:,} {_WHAT[what]}" for what, number in counts.items())
        run.say(f"  {stream}: {told}")
    if report.snapshots:
        run.say(f"  health history: {count(report.snapshots, 'snapshot')} new")
    _tell_rest(run, report)
    new = report.sum("new")
    run.say(f"{'would take in' if dry_run else 'took in'} {count(new, 'record')}" + _next(new, report, dry_run))


_WHAT = {
    "new": "new", "known": "here already", "own": "recorded by gitml itself", "forgotten": "forgotten",
    "silent": "made while recording was paused", "off": "of a stream that is switched off", "unreadable": "unreadable",
}  # fmt: skip


def _next(new: int, report: Report, dry_run: bool) -> str:
    if dry_run or not (new or report.moved):
        return ""
    return "; next: git commit" if report.moved else "; the next commit carries them"


def _tell_rest(run: Run, report: Report) -> None:
    from gitml.cli.render.text import count, one_line

    if report.hunks:
        run.say(f"  hunks of {count(report.hunks, 'commit')} left out: git has them")
    if report.secrets:
        kinds = ", ".join(report.secrets)
        run.warn(f"secrets were taken out of the records: {kinds}; the old files still hold them: gitml redact --scan")
    lists = (
        (report.lost, "of several versions the newest counts; the others said otherwise in"),
        (report.own, "left alone, for gitml has recorded them itself:"),
        (report.notes, "remarks:"),
        (report.passed, "passed by, for their names are none of records:"),
    )
    for lines, title in lists:
        if lines:
            run.say(f"  {len(lines):,} {title}")
        shown = lines if run.verbose else lines[:SHOWN] if lines is report.lost or lines is report.notes else []
        for line in shown:
            run.say(f"    {one_line(line)}")
        if len(shown) < len(lines):
            run.say(f"    … -v names {'all' if shown else 'them'}")


def _fail(report: Report) -> None:
    from gitml.errors import DoneInPart

    failures = [str(one) for one in report.unreadable]
    if report.refused:
        failures += [f"{path}: not taken in: {report.refused}" for path in report.unmoved]
    if failures:
        raise DoneInPart(
            "not everything could be taken in", failures, hint="mend those files or remove them, then: gitml migrate"
        )
