"""``gitml resume``"""

from __future__ import annotations

import click

from gitml.cli.options import Run, common


@click.command()
@common
def command(run: Run) -> None:
    """Record again."""
    from gitml.ops import context as opening
    from gitml.ops import pause

    context = opening.open_store(run.folder)
    changed = pause.resume(context)
    run.emit({"paused": False, "since": None, "changed": changed})
    run.say("recording again" if changed else "recording was not paused")
    if pause.switched_off():
        run.warn("GITML=off is set in this environment: nothing is recorded while it is")
