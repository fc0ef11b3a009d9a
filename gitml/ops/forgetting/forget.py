"""Taking records out of every view and file, for good. What to take out is told in ``targets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.model import times
from gitml.model.digest import hexhash
from gitml.ops.forgetting import unfinished
from gitml.ops.forgetting.digests import Quoting, again
from gitml.ops.forgetting.history import Held, held, rewrite
from gitml.ops.forgetting.targets import Chosen, targets
from gitml.ops.raw.every import mend
from gitml.ops.reading import views
from gitml.store import cursors
from gitml.store.raw import stale

if TYPE_CHECKING:
    from gitml.ops.context import Context

Record = dict[str, Any]


class Plan:
    """``records``: (stream, record) that go · ``sessions`` that go whole · ``graves``: the tombstones to write ·
    ``held``: what git history still has · ``rewrite``: the command that changes that · ``notes`` for people · ``now``
    in seconds since 1970 · ``quoted``: {id: session_id} of the digests that may quote it, and are made again."""

    __slots__ = ("graves", "held", "notes", "now", "quoted", "records", "rewrite", "sessions")

    def __init__(
        self, chosen: Chosen, graves: list[Record], held: list[Held], rewrite: str, notes: list[str], now: float
    ) -> None:
        self.now = now
        self.quoted: dict[str, str] = {}
        self.records = chosen.records
        self.sessions = chosen.sessions
        self.graves = graves
        self.held = held
        self.rewrite = rewrite
        self.notes = notes

    def to_dict(self) -> Record:
        """Keys: records [{stream, id, session_id}] sessions tombstones held [{id, commits, complete}] rewrite notes."""
        return {
            "records": [
                {"stream": stream, "id": record.get("id"), "session_id": record.get("session_id")}
                for stream, record in self.records
            ],
            "sessions": self.sessions,
            "tombstones": len(self.graves),
            "held": [one.to_dict() for one in self.held],
            "rewrite": self.rewrite,
            "notes": self.notes,
        }


def plan(context: Context, chosen: Chosen, now: float) -> Plan:
    """What will be done about what was chosen; ``now`` in seconds since 1970. Changes nothing."""
    stamp = times.of_epoch(now)
    quoting = Quoting(context, chosen.records)
    graves = [_grave(stamp, *target) for target in targets(context, chosen)]
    graves += [_grave(stamp, *target, of=target[2]) for target in quoting.copies]
    found = held(context.where.root, chosen.roots)
    command = rewrite(chosen) if any(one.commits or not one.complete for one in found) else ""
    made = Plan(chosen, graves, found, command, _notes(context, chosen), now)
    made.quoted = quoting.digests
    return made


def apply(context: Context, plan: Plan) -> int:
    """Do it: tombstones first, then out of spools and kept copies; if it is cut off, the next hook or command goes on.

    Returns how many lines were taken out of local files. Raises Busy, OSError, and GitmlError where a digest could not
    be made again without them. The cursor of a session that goes whole goes with it, for it may hold the session's
    last words; sync passes over a session that has a tombstone.
    """
    purged = unfinished.do(context.layout, plan.graves, _read(context, plan), list(plan.quoted))
    out_of_copies(context)
    again(context, sorted(set(plan.quoted.values()).difference(plan.sessions)), plan.now)
    return purged


def _read(context: Context, plan: Plan) -> list[tuple[str, str]]:
    """(agent, session id) of the sessions that go whole: as their records say, and as the cursors do, where the stream
    of sessions is not recorded."""
    told = [(record.get("agent"), record.get("session_id")) for stream, record in plan.records if stream == "sessions"]
    found = [(str(agent), str(session_id)) for agent, session_id in told if agent]
    found += [(agent, session_id) for agent, session_id, _ in cursors.all(context.layout)]
    return [pair for pair in dict.fromkeys(found) if pair[1] in plan.sessions]


def out_of_copies(context: Context) -> None:
    """Take what was forgotten out of raw copies, where it may be in any. Raises GitmlError where that failed; the next
    sync or session does it."""
    if not stale.noted(context.layout):
        return
    raw = mend(context)
    if raw.errors or raw.busy:
        failed = f"what is forgotten may still be in a raw copy: {'; '.join(raw.errors) or 'another gitml is at one'}"
        raise GitmlError(failed, hint="gitml sync")


def _grave(stamp: str, stream: str, target: str, session_id: str, of: str = "") -> Record:
    """A tombstone; ``of`` tells it from others with the same target."""
    return {
        "id": f"tombstone-{stamp}-{hexhash(f'{stream} {target} {of}'.rstrip(), 12)}",
        "timestamp": stamp,
        "session_id": session_id,
        "from": None,
        "to": "tombstone",
        "by": "hand",
        "notes": None,
        "stream": stream,
        "target": target,
    }


def _notes(context: Context, chosen: Chosen) -> list[str]:
    """Where words of a chat that goes are quoted by a record that stays."""
    going = {(stream, record.get("id")) for stream, record in chosen.records}
    said = [
        (str(record.get("session_id")), str(record.get("input") or ""))
        for stream, record in chosen.records
        if stream == "chats"
    ]
    notes = _elsewhere(chosen)
    for session in views.records(context, "sessions") if said else []:
        summary = str(session.get("summary") or "").rstrip("…. ")
        quoted = any(of == session.get("session_id") and summary and summary in text for of, text in said)
        if quoted and ("sessions", session.get("id")) not in going:
            notes.append(f"the summary of session {session.get('id')} quotes it and stays; --session takes all of it")
    return notes


def _elsewhere(chosen: Chosen) -> list[str]:
    """Where what goes was taken in from files that gitml leaves as they are."""
    older = [str(record.get("id")) for _, record in chosen.records if record.get("migrated") is True]
    if not older:
        return []
    return [f"an older layout's files still hold {len(older)} of these: grep -rlF '{older[0]}' .git-ml"]
