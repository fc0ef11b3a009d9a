"""``gitml session``: the registry of running sessions."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from gitml.cli.options import Run, common
from gitml.errors import NothingHere

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.registry.caller import Caller
    from gitml.ops.registry.holder import Holder

MOST = 99_999
NUMBER = click.IntRange(1, MOST)


def _speaking(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--session`` and ``--agent``: whom it speaks for."""
    session = click.option("--session", default="", metavar="ID", help="Speak for this agent session, not the caller.")
    agent = click.option("--agent", default="", metavar="A", help="The agent that --session is of; claude if not said.")
    return session(agent(command))


@click.group("session")
def command() -> None:
    """Who is running in this clone: numbers, roles, signs of life.

    Agents' hooks register their sessions by themselves. All work trees of a clone share one registry.
    """


@command.command()
@click.option("--number", type=NUMBER, default=None, help="This number, not the lowest free one.")
@click.option("--role", default="", help="What one does here; the branch if not said.")
@click.option("--goal", default="", help="What it is to come to.")
@_speaking
@common
def register(run: Run, number: int | None, role: str, goal: str, session: str, agent: str) -> None:
    """Take a number: one's own, or the lowest that nobody active holds.

    Whoever is gone is marked inactive first. Registering again keeps the number. --number N without --role takes over
    role and goal of the inactive session that had it.
    """
    from gitml.ops.registry import register as registering
    from gitml.ops.registry.shown import shown

    context = _open(run, writing=True)
    cwd = os.path.realpath(run.folder)
    asked = registering.Asked("gitml session register", cwd, number or 0, role, goal)
    done = registering.register(context, _caller(session, agent), asked)
    run.emit({"what": done.what, "reaped": [one.number for one in done.reaped], **shown(done.holder)})
    words = {"unchanged": "still", "changed": "still", "taken_over": "taken over:", "registered": "registered as"}
    run.say(f"{words[done.what]} {_line(done.holder)}")
    if done.reaped:
        run.say(f"marked inactive: {', '.join(one.named() for one in done.reaped)}")


@command.command()
@click.option("--number", type=NUMBER, default=None, help="For this number, not for one's own.")
@_speaking
@common
def heartbeat(run: Run, number: int | None, session: str, agent: str) -> None:
    """Give a sign of life. Hooks do that at every turn."""
    from gitml.ops.registry import signs
    from gitml.ops.registry.shown import shown

    found = signs.give(_open(run), _caller(session, agent), number or 0)
    run.emit([shown(one) for one in found])
    for one in found:
        run.say(_line(one))


@command.command()
@click.option("--number", type=NUMBER, default=None, help="This number, whoever holds it, not one's own.")
@_speaking
@common
def end(run: Run, number: int | None, session: str, agent: str) -> None:
    """Give one's number up, so that it is free. Nothing is killed."""
    from gitml.ops.registry import register as registering
    from gitml.ops.registry.shown import shown

    found = registering.end(_open(run), _caller(session, agent), "gitml session end", number or 0)
    run.emit([shown(one) for one in found])
    for one in found:
        run.say(f"ended: {one.named()}")
    if not found:
        run.say(f"nobody holds {number}" if number else "nothing of yours is registered here")


@command.command("list")
@common
def list_(run: Run) -> None:
    """Who is active, idle or gone, by number."""
    import time

    from gitml.ops.registry.roster import roster
    from gitml.ops.registry.shown import shown

    rows = [shown(one) for one in roster(_open(run), time.time()).holders]
    run.emit(rows)
    _table(run, rows)


def _quietly(command: Callable[..., Any]) -> Callable[..., Any]:
    """With ``--quiet`` nothing is printed and nothing fails: cron would send a mail over it."""

    @functools.wraps(command)
    def wrapped(**options: Any) -> Any:
        try:
            return command(**options)
        except Exception:
            if options.get("quiet"):
                return None
            raise

    return wrapped


@command.command()
@click.option("--timeout-minutes", type=click.FloatRange(min=0), default=120, show_default=True, metavar="MINUTES",
              help="Without a sign for so long one is gone, unless one's process lives.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say who it would be.")
@_quietly
@common
def reap(run: Run, timeout_minutes: float, dry_run: bool) -> None:
    """Mark who is gone inactive, which frees their numbers. Nothing is killed.

    Gone at once is whoever's process has ended on this machine. With --quiet nothing is printed and the exit code is 0,
    whatever happens: fit for cron.
    """
    from gitml.ops.registry import register as registering
    from gitml.ops.registry.shown import shown

    gone, book = registering.reap(_open(run), "gitml session reap", timeout_minutes * 60, dry_run)
    silent = [one for one in book.all if one.silent]
    if run.quiet:
        return
    run.emit({"dry_run": dry_run, "reaped": [shown(one) for one in gone], "silent": [shown(one) for one in silent]})
    for one in gone:
        run.say(f"{'would mark' if dry_run else 'marked'} inactive: {one.named()}: {one.why}")
    for one in silent:
        run.say(f"left alone: {one.named()}: {one.why}")
    if not gone and not silent:
        run.say("nobody is gone")


def _open(run: Run, writing: bool = False) -> Context:
    from gitml.errors import GitmlError
    from gitml.ops.context import open_store

    context = open_store(run.folder)
    if writing and context.taken_out:
        raise NothingHere("gitml was taken out of this clone", where=context.where.root, hint="gitml init")
    if writing and context.paused:
        raise GitmlError("gitml is paused here: nobody registers", where=context.where.root, hint="gitml resume")
    return context


def _caller(session: str, agent: str) -> Caller:
    from gitml.errors import BadUsage
    from gitml.ops.registry.caller import is_session_id, of_environment

    if agent and not session:
        raise BadUsage("--agent says whose session --session is", hint="gitml session --help")
    if session and not is_session_id(session):
        raise BadUsage(f"`{session}` is no session's id", hint="letters, digits, dots and dashes")
    return of_environment(os.environ, agent, session)


def _line(holder: Holder) -> str:
    from gitml.cli.render.text import one_line

    goal = f" · {one_line(holder.goal)}" if holder.goal else ""
    return f"{one_line(holder.named())}{goal}"


def _table(run: Run, rows: list[dict[str, Any]]) -> None:
    from gitml.cli.render.table import render, terminal_width
    from gitml.cli.render.text import duration, one_line
    from gitml.ops.reading.prefix import prefix

    if run.json or not rows:
        run.say("nobody has registered yet")
        return
    cells = [
        [
            str(row["number"]),
            row["state"],
            duration(row["age_seconds"] * 1000),
            one_line(row["role"]),
            one_line(row["branch"]),
            str(row["pid"] or ""),
            one_line(f"{row['agent']} {prefix(row['session_id'])}".strip() or "by hand"),
            one_line(row["worktree"]),
            one_line(" · ".join(filter(None, (row["goal"], row["why"])))),
        ]
        for row in rows
    ]
    titles = ["no.", "state", "last sign", "role", "branch", "pid", "agent session", "work tree", "goal · why"]
    for line in render(titles, cells, terminal_width()):
        run.say(line)
