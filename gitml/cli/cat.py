"""``gitml cat``: a stream as JSONL."""

from __future__ import annotations

import sys
from typing import Any

import click

from gitml.cli.options import Run, common


@click.command()
@click.argument("stream")
@click.argument("id", required=False)
@common
def command(run: Run, stream: str, id: str | None) -> None:
    """One stream, folded, as JSONL.

    STREAM is one of commits, sessions, chats, actions, orchestration, lifecycle, digests, or any other found in the
    store. Each record comes once, in its newest version, sorted by time, with the bytes it was written with. With ID
    (the beginning will do) only that record, or what belongs to that session or commit.
    """
    from gitml.cli.damage import report
    from gitml.ops.reading import select, views
    from gitml.ops.reading.current import open_current

    context = open_current(run.folder)
    view = views.stream(context, stream)
    lines = select.lines(context, view, id) if id else view.lines
    out: Any = sys.stdout.buffer
    for line in lines:
        out.write(line + b"\n")
    out.flush()
    report(context, view.damage)
