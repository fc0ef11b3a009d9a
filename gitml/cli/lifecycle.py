"""``gitml lifecycle``: what became of a session."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.context import Context


@click.group("lifecycle")
def command() -> None:
    """What became of a session, and which are safe to clean away.

    A session is raw, then analyzed (it has a digest), then insights_generated, then implemented. Who moved it, when,
    and their notes are records of the lifecycle stream.
    """


@command.command()
@click.argument("session", required=False)
@common
def show(run: Run, session: str | None) -> None:
    """The stage of every session, newest first; or all that is known of one SESSION."""
    from gitml.ops.lifecycle.safety import Safety

    context = _open(run)
    safety = Safety(context, time.time())
    if session is None:
        rows = [_row(safety, record) for record in reversed(safety.sessions)]
        run.emit(rows)
        _table(run, rows)
        return
    _one(run, safety, _session(context, session))


@command.command()
@click.argument("session")
@click.argument("stage")
@click.option("--notes", default="", metavar="TEXT", help="What came of it; kept with the transition.")
@click.option("--force", is_flag=True, help="Skip a stage or go back; the record says so.")
@common
def mark(run: Run, session: str, stage: str, notes: str, force: bool) -> None:
    """Move SESSION to STAGE: raw, analyzed, insights_generated or implemented, one step forward.

    SESSION is the beginning of its id, or the path of its transcript.
    """
    from gitml.ops.lifecycle import marking

    context = _open(run)
    session_id = _session(context, session)
    record = marking.plan(context, session_id, stage, time.time(), notes=notes, force=force)
    if record is None:
        run.emit({"session_id": session_id, "from": stage, "to": stage, "recorded": None})
        run.say(f"{session_id} is {stage} already")
        return
    marking.apply(context, record)
    run.emit({"session_id": session_id, "from": record["from"], "to": stage, "recorded": record["id"]})
    run.say(f"{session_id}: {record['from']} → {stage}{' (forced)' if record.get('forced') else ''}")


@command.command()
@common
def stats(run: Run) -> None:
    """How many sessions are in which stage."""
    from gitml.ops.lifecycle.counting import counts
    from gitml.ops.lifecycle.safety import Safety

    found = counts(Safety(_open(run), time.time()))
    run.emit(found)
    for name, number in found.items():
        run.say(f"{number:>7,}  {name.removesuffix('_count').replace('_', ' ')}")


@command.command()
@common
def safe(run: Run) -> None:
    """Sessions whose transcripts could go without a loss, one id a line.

    Their digest is there and stands for them, their stage is one of `lifecycle.safe_stages`, and they are over. With -v
    the others as well, each with the reason. Nothing is deleted.
    """
    from gitml.ops.lifecycle.safety import Safety

    safety = Safety(_open(run), time.time())
    judged = [(str(record.get("session_id")), safety.against(record)) for record in safety.sessions]
    run.emit({"safe": [id for id, why in judged if not why], "not_safe": {id: why for id, why in judged if why}})
    for session_id, why in judged:
        if not why or run.verbose:
            run.say(f"{session_id}  not safe: {why}" if why else session_id)
    if judged and all(why for _, why in judged) and not run.verbose:
        run.say("none (gitml lifecycle safe -v says why)")


def _open(run: Run) -> Context:
    from gitml.ops.reading.current import open_current

    return open_current(run.folder)


def _session(context: Context, named: str) -> str:
    from gitml.ops.lifecycle.naming import session_named

    return session_named(context, named)


def _row(safety: Any, record: dict[str, Any]) -> dict[str, Any]:
    session_id = str(record.get("session_id"))
    why = safety.against(record)
    return {
        "session_id": session_id,
        "stage": safety.of(session_id).stage,
        "started_at": record.get("started_at"),
        "safe": not why,
        "why": why,
        "summary": record.get("summary"),
    }


def _table(run: Run, rows: list[dict[str, Any]]) -> None:
    from gitml.cli.render.table import render, terminal_width
    from gitml.cli.render.text import moment, one_line
    from gitml.ops.reading.prefix import prefix

    if run.json or not rows:
        run.say("no sessions yet: they come with the first one")
        return
    cells = [
        [
            prefix(row["session_id"]),
            moment(row["started_at"]),
            row["stage"],
            "safe" if row["safe"] else "",
            one_line(row["summary"]),
        ]
        for row in rows
    ]
    for line in render(["session", "started", "stage", "", "summary"], cells, terminal_width()):
        run.say(line)


def _one(run: Run, safety: Any, session_id: str) -> None:
    from gitml.cli.render.text import moment, one_line

    record = next(
        (each for each in safety.sessions if each.get("session_id") == session_id), {"session_id": session_id}
    )
    standing, row = safety.of(session_id), _row(safety, record)
    run.emit({**row, "reached": standing.reached, "history": standing.history, "facts": standing.facts})
    run.say(f"{session_id}  {row['stage']}{'' if row['why'] else '  (safe to clean away)'}")
    for step in standing.history:
        forced = "  forced" if step.get("forced") else ""
        moved = " → ".join(one_line(stage) for stage in (step.get("from"), step.get("to")) if stage)
        run.say(f"  {moment(step.get('timestamp'))}  {moved}  by {one_line(step.get('by') or 'unknown')}{forced}")
        if step.get("notes"):
            run.say(f"      {one_line(step['notes'])}")
    for fact in standing.facts:
        run.say(f"  {moment(fact.get('timestamp'))}  {one_line(fact['to'])}: {one_line(fact.get('notes'))}")
    if row["why"]:
        run.say(f"  not safe to clean away: {row['why']}")
