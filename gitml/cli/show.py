"""``gitml show``: a session as a person reads it."""

from __future__ import annotations

import os

import click

from gitml.cli.options import Run, common


@click.command()
@click.argument("session")
@click.option("--full", is_flag=True, help="Whole texts and every tool call.")
@common
def command(run: Run, session: str, full: bool) -> None:
    """One session, as a person reads it.

    SESSION is the beginning of a session's id, or of any chat, action or commit in it. Paged on a terminal, plain in
    a pipe.
    """
    from gitml.cli.damage import report
    from gitml.cli.render.page import page
    from gitml.cli.render.table import terminal_width
    from gitml.ops.reading import find, sessions
    from gitml.ops.reading.current import open_current

    context = open_current(run.folder)
    found = sessions.one(context, find.session_of(context, session))
    run.emit(found.to_dict())
    if not run.json and not run.quiet:
        os.environ.setdefault("LESS", "FRX")  # as git does: a short session needs no `q`
        lines = page(found, terminal_width(), full)
        click.echo_via_pager(f"\n{line}" if number else line for number, line in enumerate(lines))
    report(context, found.damage)
