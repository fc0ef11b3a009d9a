"""``gitml clean``: reclaim disk, by type and age."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from gitml.cli.options import Run, common
from gitml.errors import BadUsage, DoneInPart
from gitml.ops.cleaning.kinds import KINDS

if TYPE_CHECKING:
    from gitml.ops.cleaning.clean import Looked
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.cleaning.sites import Site


def _types(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option a type, in the order in which they are cleaned."""
    for kind, (_, help) in reversed(KINDS.items()):
        command = click.option(f"--{kind}", kind, is_flag=True, help=help)(command)
    return command


@click.command()
@_types
@click.option("--all", "all_types", is_flag=True, help="Every type.")
@click.option("--older-than", metavar="AGE", help="In place of the ages in [clean] of config.toml (24h, 7d, 4w, 0h).")
@click.option("--all-repos", is_flag=True, help="Every repository that gitml was set up in on this machine.")
@click.option("--dry-run", is_flag=True, help="Say what would go and what that frees, and change nothing.")
@click.option("--force", is_flag=True, help="Do not ask.")
@click.option("--history", is_flag=True, help="What earlier cleanings removed, and why.")
@common
def command(
    run: Run,
    all_types: bool,
    older_than: str | None,
    all_repos: bool,
    dry_run: bool,
    force: bool,
    history: bool,
    **types: bool,
) -> None:
    """Reclaim disk, by type and age.

    Says what there is and what would go, with -v thing by thing and why; asks, and deletes. Without a type it looks at
    all of them and deletes nothing. What a session, a commit or a process may still need stays, whatever its age. All
    that goes is noted in the audit log first.

    Exits with 3 where something could not be removed (each is listed, the rest is done), with 2 where nobody is there
    to be asked and --force was not given: then nothing is deleted.
    """
    from gitml.ops.cleaning import sites
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.reading.when import seconds

    kinds = tuple(kind for kind in KINDS if all_types or types[kind])
    if force and not kinds:
        raise BadUsage("say what is to be cleaned", hint="gitml clean --logs --force, or --all for everything")
    wanted = Wanted(kinds or tuple(KINDS), None if older_than is None else seconds(older_than))
    changes = bool(kinds) and not dry_run and not history
    found = sites.everywhere(os.environ, tidy=changes) if all_repos else iter([sites.here(run.folder)])
    if history:
        _history(run, found)
        return
    if changes:
        sites.remember(run.folder, os.environ)
    looked = _look(run, found, wanted, all_repos)
    if changes and any(each.going for each in looked):
        _ask(run, looked, force)
        _carry_out(run, looked, _by(("all",) if all_types else kinds, older_than, all_repos), all_repos)
    _finish(run, looked, kinds, dry_run)


def _look(run: Run, found: Iterable[Site], wanted: Wanted, several: bool) -> list[Looked]:
    from gitml.cli.progress import Bars
    from gitml.cli.render.cleaning import planned
    from gitml.cli.render.table import terminal_width
    from gitml.ops.cleaning.clean import look

    with Bars(run) as bars:
        looked = look(
            found,
            wanted,
            time.time(),
            lambda kind, done, all: bars.update(f"Looking at {kind}…", done, all),
            alone=not several,
        )
    for line in planned(looked, terminal_width(), named=several, verbose=run.verbose):
        run.say(line)
    return looked


def _ask(run: Run, looked: list[Looked], force: bool) -> None:
    from gitml.cli.render.cleaning import asked

    if force:
        return
    if run.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadUsage("nothing was deleted: nobody is here to be asked", hint="look with --dry-run, then say --force")
    click.confirm(asked(looked), abort=True)


def _carry_out(run: Run, looked: list[Looked], by: str, several: bool) -> None:
    from gitml.cli.progress import Bars
    from gitml.cli.render.cleaning import carried_out
    from gitml.cli.render.table import terminal_width
    from gitml.ops.cleaning.clean import carry_out

    with Bars(run) as bars:
        carry_out(
            looked,
            by,
            lambda kind, done, all: bars.update(f"Cleaning {kind}…", done, all),
            alone=not several,
        )
    run.say()
    for line in carried_out(looked, terminal_width(), named=several, verbose=run.verbose):
        run.say(line)


def _by(kinds: Iterable[str], older_than: str | None, several: bool) -> str:
    """The command as the audit log names it."""
    words = [f"--{kind}" for kind in kinds]
    words += ["--older-than", older_than.strip()] if older_than is not None else []
    return " ".join(["gitml clean", *words, *["--all-repos"] * several])


def _finish(run: Run, looked: list[Looked], kinds: tuple[str, ...], dry_run: bool) -> None:
    run.emit(
        {
            "dry_run": dry_run or not kinds,
            "repositories": [each.to_dict() for each in looked],
            "bytes_freed": sum(
                each.row(kind)["bytes_freed"] for each in looked if each.plan for kind in each.plan.before
            ),
        }
    )
    going = sum(each.going for each in looked)
    if not going:
        run.say("nothing to clean")
    elif not kinds:
        run.say("nothing was deleted: say what is to go, --all for everything")
    elif dry_run:
        run.say("nothing was deleted: a dry run")
    failures = [failure for each in looked for failure in each.failures]
    if failures:
        raise DoneInPart("not all could be cleaned", failures, hint="gitml clean again, when that is mended")


def _history(run: Run, found: Iterable[Site]) -> None:
    from gitml.cli.render.cleaning import told
    from gitml.cli.render.text import one_line
    from gitml.ops.cleaning.history import history

    answers = []
    for site in found:
        cleanings = history(site.context.layout) if site.context is not None else []
        answers.append({"repository": site.name, "cleanings": [each.to_dict() for each in cleanings]})
        if site.context is None:
            run.warn(f"{site.name}: {site.failure}")
        run.say(one_line(site.name))
        for line in told(cleanings, verbose=run.verbose) if cleanings else ["nothing that the audit log tells of"]:
            run.say(line)
    run.emit({"repositories": answers})
