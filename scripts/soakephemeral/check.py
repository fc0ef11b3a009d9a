"""What must hold when all machines are gone or have ended."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soakephemeral.git import environ, must, settle_in, start
from soakephemeral.journal import Broken, read

if TYPE_CHECKING:
    from soakephemeral.fate import Fate
    from soakephemeral.play import Round

BUDGET = 5.0
"""Seconds a hook may take, and within which a turn is promised to be at the remote."""

SHARE = 3.0
"""The same for a side branch: its push has a part of the budget."""


def everything(round: Round) -> None:
    """Raises Broken with all that is wrong."""
    _quiet(round)
    home = round.folder / "fresh"
    settle_in(home)
    world = environ(home, False)
    must(home, world, "git", "clone", "-q", str(round.server.root), "clone")
    wrong = [*_missing(round, home / "clone", world), *_overwritten(round, world), *_damaged(round, world)]
    if wrong:
        raise Broken("\n".join(wrong))


def _quiet(round: Round) -> None:
    """What still serves a push of a machine that is gone ends first."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(_works_in(round.server.folder)):
        time.sleep(0.02)


def _works_in(folder: Path) -> Iterator[bool]:
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink().is_relative_to(folder):
                yield int(entry.name) != os.getpid()
        except OSError:
            continue


def _missing(round: Round, clone: Path, world: dict[str, str]) -> list[str]:
    wrong = []
    for fate in round.fates:
        events = read(fate.spec.journal)
        there = _there(round, fate, clone, world)
        promised = _promised(round, fate, events)
        round.counts["machines"] += 1
        _count(round, fate, events, promised, there)
        wrong += [
            f"{fate.spec.name} on {fate.spec.branch}: not in a fresh clone: {answer}"
            for answer in sorted(promised - there)
        ]
    return wrong


def _there(round: Round, fate: Fate, clone: Path, world: dict[str, str]) -> set[str]:
    """The answers that a branch of the remote holds."""
    name = f"gitml/{fate.spec.branch}" if round.way == "side-branch" else fate.spec.branch
    found = start(clone, world, "git", "grep", "-a", "-h", "-e", "output", f"origin/{name}", "--", "*chats.jsonl")
    return {json.loads(line)["output"] for line in found.out.splitlines()}


def _promised(round: Round, fate: Fate, events: list[dict[str, Any]]) -> set[str]:
    """The turns that must be in a fresh clone, by the way's own promise."""
    stops = [one for one in events if one["what"] == "stop"]
    if round.way == "with-commits":
        pushed = max((one["begun"] for one in events if one["what"] == "pushed"), default=0.0)
        return {one["answer"] for one in stops if one["ended"] < pushed}
    brief = _waits_briefly(round, stops)
    promised = {one["answer"] for one in stops if _in_time(round, fate, one) and one["answer"] not in brief}
    if not fate.gone:  # the remote was up at the end, and a hook ran: nothing was lost while it was not
        promised |= {one["answer"] for one in stops}
    return promised


def _waits_briefly(round: Round, stops: list[dict[str, Any]]) -> set[str]:
    """The turns whose hook may have waited for a second alone, because one before it waited in vain."""
    limit = SHARE if round.way == "side-branch" else BUDGET / 2
    return {one["answer"] for number, one in enumerate(stops) if any(old["hook"] >= limit for old in stops[:number])}


def _in_time(round: Round, fate: Fate, stop: dict[str, Any]) -> bool:
    if stop["ended"] is None:
        return False
    within = not fate.spec.cloud or stop["hook"] < (SHARE if round.way == "side-branch" else BUDGET)
    return within and round.server.was_up(stop["begun"], stop["ended"])


def _count(round: Round, fate: Fate, events: list[dict[str, Any]], promised: set[str], there: set[str]) -> None:
    counts = round.counts
    stops = [one for one in events if one["what"] == "stop"]
    round.hooks += [one["hook"] for one in stops]
    counts["turns"] += len(stops)
    counts["promised"] += len(promised)
    counts["promised and there"] += len(promised & there)
    counts["not promised, there all the same"] += len({one["answer"] for one in stops} & there - promised)
    counts["hooks over the budget"] += sum(1 for one in stops if one["hook"] >= BUDGET)
    for one in events:
        if one["what"] == "killed":
            counts[f"killed: {one['instant']}"] += 1
            counts["thrown away" if fate.gone else "crashed and started again"] += 1


def _overwritten(round: Round, world: dict[str, str]) -> list[str]:
    """Each branch of the remote only ever moved on: nobody's commit was overwritten."""
    root, wrong = round.server.root, []
    for log in (root / "logs" / "refs" / "heads").rglob("*"):
        lines = log.read_text().splitlines() if log.is_file() else []
        for old, new in (line.split(" ")[:2] for line in lines):
            forward = start(root, world, "git", "merge-base", "--is-ancestor", old, new)
            if old.strip("0") and forward.code:
                wrong.append(f"{log.name} of the remote was overwritten: {old} by {new}")
            round.counts["pushes"] += 1
    return wrong


def _damaged(round: Round, world: dict[str, str]) -> list[str]:
    roots = [round.server.root, *(fate.spec.root for fate in round.fates if not fate.gone)]
    checked = [(root, start(root, world, "git", "fsck", "--no-dangling", "--no-progress")) for root in roots]
    return [f"{root}: git fsck: {ended.said}" for root, ended in checked if ended.code]
