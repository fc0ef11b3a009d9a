"""``gitml list``: sessions, newest first."""

from __future__ import annotations

import time
from typing import Any

import click

from gitml.cli.options import Run, common


@click.command()
@click.option("--since", metavar="TIME", help="Only sessions that went on after TIME (2026-11-20, 7d, yesterday).")
@click.option("--until", metavar="TIME", help="Only sessions that had begun by TIME; a day counts to its end (UTC).")
@click.option("--branch", help="Only sessions on this branch.")
@click.option("--agent", help="Only this agent's sessions.")
@click.option("-n", "limit", type=click.IntRange(min=1), metavar="N", help="At most N sessions.")
@common
def command(
    run: Run, since: str | None, until: str | None, branch: str | None, agent: str | None, limit: int | None
) -> None:
    """Sessions, newest first.

    Tokens are everything that went in (cached or not) and out, of the session's own chats and sub-agents; what a
    resumed session copied from another is counted there. `≥` marks a sum with a response that broke off.
    """
    from gitml.cli.damage import report
    from gitml.ops.reading import sessions, when
    from gitml.ops.reading.current import open_current

    context = open_current(run.folder)
    start = when.parse(since, time.time()) if since else ""
    end = when.parse(until, time.time(), end=True) if until else "~"

    def wanted(record: dict[str, Any]) -> bool:
        begun = str(record.get("started_at") or "")
        ended = str(record.get("ended_at") or begun)
        fits = (branch in (None, record.get("branch"))) and (agent in (None, record.get("agent")))
        return fits and begun <= end and ended >= start

    rows, damage = sessions.overview(context, wanted, limit)
    run.emit(rows)
    if not rows:
        run.say("no sessions" + (" fit" if since or until or branch or agent else " yet: they come with the first one"))
    elif not run.json:
        _print(run, rows)
    report(context, damage)


def _print(run: Run, rows: list[dict[str, Any]]) -> None:
    from gitml.cli.render.rows import RIGHT, table
    from gitml.cli.render.table import render, terminal_width

    columns = terminal_width()
    header, cells = table(rows, columns)
    for line in render(header, cells, columns, RIGHT):
        run.say(line)
