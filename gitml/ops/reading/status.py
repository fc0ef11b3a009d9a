"""A repository's records at a glance."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from gitml.config import OWN_COMMITS
from gitml.errors import GitmlError
from gitml.git import staging
from gitml.git.run import run
from gitml.ops import pause
from gitml.ops.compacting.due import due
from gitml.ops.health.last import last_look
from gitml.ops.persist import state as own_commits
from gitml.ops.persist.standing import standing as standing_of_side
from gitml.ops.persist.way import Way, way_of
from gitml.ops.reading.damage import unknown
from gitml.ops.reading.milestones import milestones
from gitml.ops.reading.pulse import pulse
from gitml.ops.redacting.standing import standing
from gitml.ops.registry.holder import ACTIVE, IDLE
from gitml.ops.registry.roster import roster
from gitml.store import spool
from gitml.store.fold import fold_all
from gitml.store.layout import DATA

if TYPE_CHECKING:
    from gitml.ops.context import Context


def status(context: Context) -> dict[str, Any]:
    """What ``gitml status --json`` says, after what waited to be settled is settled.

    Keys: root branch recording paused_since recorded waiting running hooks persist tracked compaction redaction health
    milestones damage warnings. ``redaction`` is what ``ops.redacting.standing`` says, ``compaction`` what
    ``compacting.due`` does, ``health`` what ``health.last`` does. ``recording``: on, paused, off (GITML=off).
    ``running``: how many sessions are active and idle. ``tracked``: committed, staged, no. ``damage``: one text a line
    that cannot be read. Counts are folded records.
    """
    warnings = _settled(context) + _left_out(context) + _on_this_machine(context) + _older(context)
    recorded, damage = _recorded(context)
    since = pause.since(context)
    return {
        "root": context.where.root,
        "branch": branch(context),
        "recording": "off" if pause.switched_off() else "paused" if since else "on",
        "paused_since": since,
        "recorded": recorded,
        "waiting": waiting(context),
        "running": running(context, time.time()),
        "hooks": pulse(context),
        "persist": persist(context),
        "tracked": tracked(context),
        "compaction": due(context),
        "redaction": standing(context),
        "health": last_look(context, os.environ),
        "milestones": [one.to_dict() for one in milestones(context.config.get("milestones"), recorded)],
        "damage": damage,
        "warnings": warnings,
    }


def waiting(context: Context) -> dict[str, int]:
    """What the next commit will carry: ``parts``, ``records`` (lines; a session's newest states replace older ones
    when it is carried), ``bytes``."""
    parts = spool.parts(context.layout)
    files = [part.file(stream) for part in parts for stream in part.streams()]
    return {
        "parts": len(parts),
        "records": sum(_lines(path) for path in files),
        "bytes": sum(os.path.getsize(path) for path in files),
    }


def running(context: Context, now: float) -> dict[str, int]:
    """How many sessions of the registry are ``active`` and ``idle``, as ``gitml session list`` has it."""
    states = [holder.state for holder in roster(context, now).active]
    return {state: states.count(state) for state in (ACTIVE, IDLE)}


def persist(context: Context) -> dict[str, Any]:
    """``configured``, the way ``in_force``, ``why``, ``side`` as ``ops.persist.standing`` says, and ``own``: with
    own-commits what the last attempt ``did``, ``why`` the spool waits, and ``when`` that was; None before the first."""
    way = way_of(context)
    side = standing_of_side(context)
    return {"configured": way.configured, "in_force": way.name, "why": way.why, "side": side, "own": _own(context, way)}


def _own(context: Context, way: Way) -> dict[str, Any] | None:
    last = own_commits.last(context.layout) if way.name == OWN_COMMITS else {}
    return {key: str(last[key]) for key in ("did", "why", "when")} if {"did", "why", "when"} <= last.keys() else None


def tracked(context: Context) -> str:
    """Whether ``.git-ml/`` is in a commit here ("committed"), only in the index ("staged"), or in neither ("no")."""
    root = context.where.root
    if run(root, "cat-file", "-e", f"HEAD:{DATA}", check=False).code == 0:
        return "committed"
    return "staged" if run(root, "ls-files", "--", DATA, check=False).out else "no"


def branch(context: Context) -> str | None:
    """The branch that is checked out; None where HEAD is detached."""
    try:
        with open(os.path.join(context.where.git_dir, "HEAD"), encoding="utf-8", errors="replace") as file:
            head = file.readline().strip()
    except OSError:
        return None
    return head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else None


def _settled(context: Context) -> list[str]:
    from gitml.ops.riding.settle import settle

    try:
        settle(context)
    except (GitmlError, OSError) as error:  # busy, a full disk: what is there can still be told
        return [f"not everything is settled: {error}"]
    return []


def _left_out(context: Context) -> list[str]:
    if os.path.isdir(context.layout.tracked) or not staging.left_out(context.where.root, DATA):
        return []
    return [f"this sparse checkout leaves {DATA} out: not all is counted · git sparse-checkout add {DATA}"]


def _on_this_machine(context: Context) -> list[str]:
    from gitml.ops.setup.heal import note

    told = note(context.layout)
    return [f"{told} · gitml doctor"] if told else []


def _older(context: Context) -> list[str]:
    from gitml.ops.migrating.noticing import note

    told = note(context)
    return [told] if told else []


def _recorded(context: Context) -> tuple[dict[str, int], list[str]]:
    seen = fold_all(context.layout)
    return (
        {name: len(folded.lines) for name, folded in seen.items()},
        [str(place) for place in unknown(context, (place for folded in seen.values() for place in folded.damage))],
    )


def _lines(path: str) -> int:
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
