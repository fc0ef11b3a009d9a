"""Repositories with sessions of several ages, and sweeps of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.digesting import LATER
from support.ingesting import fresh_repo
from support.transcript import Transcript, varied

from gitml.ops.context import Context
from gitml.ops.lifecycle.safety import Safety
from gitml.ops.retention.gather import gather
from gitml.ops.retention.held import Room
from gitml.ops.retention.policy import DAY, Policy
from gitml.ops.retention.sweep import Report, Wanted, sweep
from gitml.store.fold import fold
from gitml.store.raw import kept

LAX = Policy(max_age=10_000.0 * DAY)
"""Evicts nothing."""


def name(number: int) -> str:
    """The id of the session of that number."""
    return f"{number:08d}-2222-4333-8444-555555555555"


def session(number: int, days: float, turns: int = 3, cwd: str = "/work/app") -> Transcript:
    """One that began so many days before LATER."""
    made = Transcript(name(number), cwd)
    made.clock = round((LATER - days * DAY) * 1000)
    clock = made.clock
    made = varied(name(number), turns, cwd, seed=number)
    return shifted(made, clock)


def shifted(made: Transcript, start: int) -> Transcript:
    """The same session, begun at ``start`` (milliseconds)."""
    by = start - 1_767_000_000_000
    fresh = Transcript(made.session_id, made.cwd)

    def moved(lines: list[bytes]) -> list[bytes]:
        return [_moved(line, by, fresh) for line in lines]

    made.lines = moved(made.lines)
    made.agents = {agent: moved(lines) for agent, lines in made.agents.items()}
    made.clock += by
    return made


def _moved(line: bytes, by: int, clock: Transcript) -> bytes:
    from gitml.model.times import millis

    record = json.loads(line)
    if "timestamp" in record:
        clock.clock = millis(record["timestamp"]) + by - 1000
        record["timestamp"] = clock.time()
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def stocked(folder: Path, *made: Transcript) -> tuple[Context, Path]:
    """A fresh repository, and the transcripts in a folder beside it."""
    projects = folder / "projects"
    projects.mkdir(parents=True, exist_ok=True)
    for each in made:
        each.write(projects)
    return fresh_repo(folder / "repo"), projects


def mute(projects: Path, number: int) -> None:
    """A session in which nobody said anything, so that there is nothing to make a digest of."""
    made = Transcript(name(number))
    made.add({"type": "file-history-snapshot", "messageId": made.uuid(), "snapshot": {}, "isSnapshotUpdate": False})
    made.write(projects)


def swept(context: Context, projects: Path | None, policy: Policy = LAX, now: float = LATER, **options: Any) -> Report:
    """One sweep."""
    source = str(projects) if projects is not None else None
    return sweep(context, Wanted(policy, now, source=source, **options), lambda what, done, all: None)


def copies(context: Context) -> list[str]:
    """The ids of the sessions that have a raw copy."""
    return sorted(copy.session_id for copy in kept.sessions(context.layout))


def room(context: Context, now: float = LATER) -> int:
    """Bytes of all raw copies."""
    return Room(gather(context, now)).bytes


def facts(context: Context, fact: str) -> list[str]:
    """The ids of the sessions of which the lifecycle tells that fact, as often as it does, in the order told."""
    records = map(json.loads, fold(context.layout, "lifecycle").lines)
    return [record["session_id"] for record in records if record["to"] == fact]


def undigested(context: Context, now: float = LATER) -> set[str]:
    """The ids of the recorded sessions for which no digest stands."""
    safety = Safety(context, now)
    return {str(session["session_id"]) for session in safety.sessions if safety.flaw(session)}
