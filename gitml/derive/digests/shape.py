"""The digest itself, put together from a session's records and what only its events tell."""

from __future__ import annotations

from typing import Any

from gitml.derive.digests import doing
from gitml.derive.digests.outcome import outcome
from gitml.derive.digests.signs import Signs
from gitml.derive.digests.snippets import cut, snippets
from gitml.derive.digests.spending import Spent
from gitml.derive.digests.tree import tree
from gitml.model import times

Record = dict[str, Any]
DIGEST_VERSION = 1
"""Raised whenever the same session makes another digest."""
BASES = ("records", "raw", "transcript")
"""What a digest was made from, the poorest first. ``records`` hold neither retries nor the lengths of requests."""
PATH = 160
TOMBSTONE = 1_000_000
"""In ``rev``."""


class Material:
    """All of one session: its folded or derived records, in order, with ``signs`` and ``spent``. ``basis`` is one of
    BASES; ``raw`` {raw_bytes, raw_sha256} where a raw copy is kept, else {} · ``forgotten``: how many things of the
    session were, and are not in here."""

    __slots__ = ("actions", "basis", "batches", "chats", "forgotten", "raw", "session", "signs", "spent")

    def __init__(
        self,
        basis: str,
        session: Record,
        chats: list[Record],
        actions: list[Record],
        batches: list[Record],
        signs: Signs,
        spent: Spent,
    ) -> None:
        self.basis = basis
        self.session = session
        self.chats = chats
        self.actions = actions
        self.batches = batches
        self.signs = signs
        self.spent = spent
        self.raw: Record = {}
        self.forgotten = 0


def digest_of(material: Material) -> Record:
    """The digest, not yet bounded. It holds no clock value: the same material makes the same record."""
    session, chats, actions, signs = material.session, material.chats, material.actions, material.signs
    paths, changed = doing.files(chats, actions)
    commits = [str(sha) for sha in session.get("commits") or ()]
    ended, evidence = outcome(chats, actions, signs, changed, len(commits))
    failed = doing.failures(actions)
    return {
        "id": session["session_uid"],
        "timestamp": session.get("started_at") or session.get("updated_at"),
        "session_id": session["session_id"],
        "outcome": ended,
        "evidence": evidence,
        "basis": material.basis,
        "chats": len(chats),
        **_times(session, chats),
        **_money(material.spent),
        "tools": doing.histogram(actions),
        "mcp": doing.servers(actions),
        "errors": sum(failed.values()) + signs.errors,
        "failed": failed,
        "retries": signs.retries + doing.repeats(actions),
        "interventions": signs.interrupts + signs.queued,
        "rejections": sum(action.get("status") == "rejected" for action in actions),
        "compactions": signs.compactions,
        "agents": tree(material.batches, actions),
        "snippets": snippets(chats, actions),
        "files": [cut(path, PATH) for path in paths],
        "files_changed": changed,
        "commits": commits,
        **material.raw,
        **({"forgotten": material.forgotten} if material.forgotten else {}),
        "updated_at": session.get("updated_at"),
        "deriver": DIGEST_VERSION,
        "rev": _rev(material),
    }


def _times(session: Record, chats: list[Record]) -> Record:
    """From start to end, and the turns alone; milliseconds."""
    start, end = (times.millis(str(session.get(key) or "")) for key in ("started_at", "ended_at"))
    length = max(0, end - start) if start and end else None
    turns = sum(chat["duration_ms"] for chat in chats if isinstance(chat.get("duration_ms"), int))
    return {"duration_ms": length, "active_ms": turns if length is None else min(turns, length)}


def _money(spent: Spent) -> Record:
    made: Record = {"cost": spent.cost, "usage": spent.usage, "usage_lower_bound": spent.lower_bound}
    made["models"] = spent.models
    return made | ({"unpriced": spent.unpriced} if spent.unpriced else {})


def _rev(material: Material) -> int:
    """Source records that went into it: events, of which there is at least one a folded record; so that of a digest
    from events and one from records the former wins. A raw copy that is told of counts as one more, and a tombstone as
    more than any session has: what is forgotten must not come back with an older digest."""
    told = len(material.chats) + len(material.actions)
    own = told if material.basis == "records" else int(material.session.get("rev") or 0)
    return own + bool(material.raw) + material.forgotten * TOMBSTONE
