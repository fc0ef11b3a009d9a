"""``gitml pause``"""

from __future__ import annotations

import time

import click

from gitml.cli.options import Run, common


@click.command()
@common
def command(run: Run) -> None:
    """Stop recording in this clone.

    Hooks stay in place and do nothing until `gitml resume`. What was said meanwhile is recorded then, if the session
    goes on or at the next `gitml sync`; to keep it out, `gitml forget` it. For one run, set GITML=off instead.
    """
    from gitml.cli.render.text import moment
    from gitml.ops import context as opening
    from gitml.ops import pause

    context = opening.open_store(run.folder)
    changed = pause.pause(context, time.time())
    since = pause.since(context)
    run.emit({"paused": True, "since": since, "changed": changed})
    run.say(
        "paused: hooks record nothing here until `gitml resume`; what is said meanwhile can be taken in later"
        if changed
        else f"paused already, since {moment(since)} UTC"
    )
