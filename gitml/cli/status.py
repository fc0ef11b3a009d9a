"""``gitml status``: what is recorded, what waits, whether the hooks fire."""

from __future__ import annotations

import time

import click

from gitml.cli.options import Run, common


@click.command()
@common
def command(run: Run) -> None:
    """What is recorded, what waits, whether the hooks fire.

    Milestones are goals a stream, [milestones] in .git-ml/config.toml.
    """
    from gitml.cli.render.glance import glance
    from gitml.ops import context as opening
    from gitml.ops.reading import status

    found = status.status(opening.open_store(run.folder))
    run.emit(found)
    for line in glance(found, time.time()):
        run.say(line)
