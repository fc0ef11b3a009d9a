"""``gitml pause``"""

from __future__ import annotations

import time

import click

from gitml.cli.options import Run, common


@click.command()
@common
def command(run: Run) -> None:
    """Stop recording in this clone.

    Hooks stay in place and do nothing until `gitml resume`. What is said meanwhile is not recorded then either. For one
    session, set GITML=off in its environment instead: it stays out as a whole.
    """
    from gitml.cli.render.text import moment
    from gitml.ops import context as opening
    from gitml.ops import pause

    context = opening.open_store(run.folder)
    changed = pause.pause(context, time.time())
    since = pause.since(context)
    run.emit({"paused": True, "since": since, "changed": changed})
    run.say(
        "paused: nothing that is said here until `gitml resume` is recorded"
        if changed
        else f"paused already, since {moment(since)} UTC"
    )
