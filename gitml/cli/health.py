"""``gitml health``: disk use, growth, and what is about to be lost."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common
from gitml.cli.progress import Bar

if TYPE_CHECKING:
    from gitml.ops.health.health import Health


@click.command()
@click.option("--no-record", is_flag=True, help="Look without adding a snapshot to the history.")
@common
def command(run: Run, no_record: bool) -> int:
    """How much disk is used, how fast that grows, what is about to be lost.

    Each look adds a snapshot to a history in your own state folder; growth is told from those of the last half year.
    Exits with 0 for green, 1 for yellow, 2 for red. The limits are in [health] of .git-ml/config.toml; how much there
    is of it does not count, only what is left of the disk.
    """
    from gitml.ops import context as opening
    from gitml.ops.health.health import health
    from gitml.ops.health.judge import LEVELS

    context = opening.open_store(run.folder)
    with Bar(run, "Measuring") as bar:
        found = health(context, os.environ, time.time(), keep=not no_record, progress=bar.update)
    run.emit(found.to_dict())
    _show(run, found)
    return LEVELS.index(found.level)


def _show(run: Run, found: Health) -> None:
    from gitml.cli.render.healthpage import page
    from gitml.cli.render.table import terminal_width

    if found.warning:
        run.warn(found.warning)
    for text in (*found.damage, *found.unread) if run.verbose else ():
        run.warn(text)
    for line in page(found, terminal_width(), "utf" in (sys.stdout.encoding or "").lower()):
        run.say(line)
    if run.verbose and found.path:
        run.say(f"\nhistory      {found.path}")
