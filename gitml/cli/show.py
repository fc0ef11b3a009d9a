"""``gitml show``: a session as a person reads it."""

from __future__ import annotations

import os
import sys

import click

from gitml.cli.options import Run, common


@click.command()
@click.argument("session")
@click.option("--full", is_flag=True, help="Whole texts and every tool call.")
@click.option("--raw", is_flag=True, help="The raw copy of its transcript, redacted, as JSONL.")
@click.option("--agents", is_flag=True, help="With --raw: its sub-agents' transcripts behind it.")
@common
def command(run: Run, session: str, full: bool, raw: bool, agents: bool) -> None:
    """One session, as a person reads it.

    SESSION is the beginning of a session's id, or of any chat, action or commit in it. Paged on a terminal, plain in
    a pipe. The SHA-256 of what --raw --agents writes is the `raw_sha256` of the session's digest.
    """
    if raw or agents:
        _raw(run, session, raw, agents)
        return
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


def _raw(run: Run, session: str, raw: bool, agents: bool) -> None:
    """As it was captured, in blocks: the whole is never held."""
    from gitml.errors import BadUsage
    from gitml.ops.raw.shown import shown, text
    from gitml.ops.reading.current import open_current

    if not raw:
        raise BadUsage("--agents goes with --raw", hint=f"gitml show {session} --raw --agents")
    context = open_current(run.folder)
    copy = shown(context, session)
    if run.json:
        keys = ("agent", "session_id", "updated_at", "damage", "raw_bytes", "raw_sha256")
        names = ("name", "kind", "source")
        files = [(file["name"], file["kind"], file["source"]["path"]) for file in copy["files"]]
        told = [dict(zip(names, file, strict=True)) for file in files]
        run.emit({**{key: copy[key] for key in keys}, "files": told})
        return
    for block in text(context, copy, agents):
        sys.stdout.buffer.write(block)
