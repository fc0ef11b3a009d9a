"""``gitml resume``"""

from __future__ import annotations

import time

import click

from gitml.cli.options import Run, common


@click.command()
@common
def command(run: Run) -> None:
    """Record again. What was said since the pause stays out for good."""
    from gitml.ops import context as opening
    from gitml.ops import pause

    context = opening.open_store(run.folder)
    changed = pause.resume(context, time.time())
    run.emit({"paused": False, "since": None, "changed": changed})
    run.say("recording again; what was said meanwhile stays out" if changed else "recording was not paused")
    if pause.switched_off():
        run.warn("GITML=off is set in this environment: nothing is recorded while it is")
