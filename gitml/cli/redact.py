"""``gitml redact``"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.redacting.mend import Mended
    from gitml.ops.redacting.scan import Found, Scanned

FINDS, IN_PART = 6, 3
"""Exit codes where anything is found, and where nothing is but not all could be read."""

SHOWN = 200
"""Findings listed for people; --json has all."""


@click.command()
@click.option("--scan", is_flag=True, help="Look for secrets in all that is stored, and say where they are.")
@click.option("--history", is_flag=True, help="With --scan: look through every version in git history, too.")
@click.option("--fix", is_flag=True, help="Take them out of what no commit carries; say what to do about the rest.")
@click.option("--dry-run", is_flag=True, help="With --fix: change nothing, only say what would be done.")
@click.option("--filter", "as_filter", is_flag=True, help="Clean one file from stdin to stdout, for rewriting history.")
@common
def command(run: Run, scan: bool, history: bool, fix: bool, dry_run: bool, as_filter: bool) -> int:
    """Look for secrets in what is stored, and take them out.

    Recording redacts by itself; this is for what was recorded by an older version, or before a rule was made. Values
    are never shown: at most their first three characters and their length. Exits with 6 where anything is found that
    is still there when the command ends.
    """
    from gitml.errors import BadUsage

    if [scan, fix, as_filter].count(True) != 1 or (history and not scan) or (dry_run and not fix):
        raise BadUsage("say --scan (with --history), --fix (with --dry-run) or --filter", hint="gitml redact --help")
    if as_filter:
        return _filter(run)
    return _fix(run, dry_run) if fix else _scan(run, history)


def _filter(run: Run) -> int:
    from gitml.ops.redacting import filtering

    search = filtering.search_at(run.folder)
    sys.stdout.buffer.write(filtering.filtered(sys.stdin.buffer.read(), search))
    return 0


def _scan(run: Run, history: bool) -> int:
    from gitml.ops.context import open_store
    from gitml.ops.redacting import advice, scan
    from gitml.ops.redacting.search import search_in

    context = open_store(run.folder)
    scanned = scan.scan(context, search_in(context), history=history)
    lines = advice.advice(context, scanned.found)
    run.emit({**_as_object(scanned), "advice": lines})
    _tell(run, scanned)
    if any(one.where in (scan.SPOOL, scan.LETTERS) for one in scanned.found):
        run.say("what waits in the spool can be mended: gitml redact --fix")
    _tell_advice(run, [advice.kept_note(scanned.found), *lines])
    return FINDS if scanned.found else IN_PART if scanned.damage else 0


def _fix(run: Run, dry_run: bool) -> int:
    from gitml.ops.context import open_store
    from gitml.ops.redacting import advice, mend, scan
    from gitml.ops.redacting.search import search_in
    from gitml.ops.riding.settle import settle

    context = open_store(run.folder)
    settle(context)  # what a commit carries by now is no longer the spool's
    search = search_in(context)
    mended = mend.mend(context, search, dry_run=dry_run)
    left = scan.scan(context, search)
    lines = advice.advice(context, left.found)
    run.emit({**mended.to_dict(), "dry_run": dry_run, "left": _as_object(left), "advice": lines})
    _tell_mended(run, mended, dry_run)
    if not dry_run and (left.found or left.damage):
        _tell(run, left)
    _tell_advice(run, [advice.kept_note(left.found), *lines])
    return FINDS if left.found else IN_PART if left.damage or mended.busy else 0


def _as_object(scanned: Scanned) -> dict[str, Any]:
    found = [one.to_dict() for one in scanned.found]
    return {"found": found, "files": scanned.files, "damage": scanned.damage}


def _tell(run: Run, scanned: Scanned) -> None:
    from gitml.cli.render.text import count, one_line

    for one in scanned.found[:SHOWN]:
        run.say(one_line(_line(one)))
    if len(scanned.found) > SHOWN:
        run.say(f"… and {len(scanned.found) - SHOWN} more")
    for text in scanned.damage:
        run.warn(one_line(text))
    places = len({one.place for one in scanned.found})
    said = f"{count(len(scanned.found), 'finding')} in {count(places, 'place')}" if scanned.found else "nothing found"
    run.say(f"{said}, {count(scanned.files, 'file')} read")


def _line(one: Found) -> str:
    return f"{one.where}: {one.place}:{one.line} {one.kind} {one.preview} ({one.length} characters)"


def _tell_mended(run: Run, mended: Mended, dry_run: bool) -> None:
    from gitml.cli.render.text import count

    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(mended.kinds.items()))
    files = [*(f"part {name}" for name in mended.parts), *(f"dead letters {name}" for name in mended.letters)]
    files += [f"file {name}" for name in mended.files]
    verb = "would take" if dry_run else "took"
    run.say(f"{verb} {kinds} out of {count(len(files), 'file')} of the spool" if files else "nothing to take out")
    for name in files:
        run.say(f"  {name}")
    for name in mended.busy:
        run.warn(f"part {name} rides on a commit that is running now; run this again when it has ended")


def _tell_advice(run: Run, lines: list[str]) -> None:
    for line in filter(None, lines):
        run.say(line)
