"""Sessions: one whole, or all at a glance."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gitml.derive.prices import Prices
from gitml.errors import NothingHere
from gitml.model import times
from gitml.ops.digesting.prices import prices_of
from gitml.ops.reading import views
from gitml.ops.reading.linked import Commits
from gitml.ops.reading.totals import Total, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitml.ops.context import Context

Record = dict[str, Any]


class Session:
    """One session with all that belongs to it, each list by time; ``damage`` is what could not be read on the way."""

    __slots__ = ("actions", "chats", "commits", "damage", "orchestration", "prices", "record")

    def __init__(
        self,
        record: Record,
        chats: list[Record],
        actions: list[Record],
        orchestration: list[Record],
        commits: list[Record],
        damage: list[Any],
        prices: Prices,
    ) -> None:
        self.prices = prices
        self.record = record
        self.chats = chats
        self.actions = actions
        self.orchestration = orchestration
        self.commits = commits
        self.damage = damage

    @property
    def total(self) -> Total:
        """Tokens and cost of its own chats and sub-agents (not of those it copied from another session)."""
        return total(self.chats, self.orchestration, self.prices)

    def to_dict(self) -> Record:
        """Stable keys: session, chats, actions, orchestration, commits."""
        return {
            "session": self.record,
            "chats": self.chats,
            "actions": self.actions,
            "orchestration": self.orchestration,
            "commits": self.commits,
        }


def one(context: Context, session_id: str) -> Session:
    """The session of that full id. Raises NothingHere where no record names it.

    A session without a record of its own (forgotten, or a stream this repository does not keep) is shown from the rest.
    """
    damage: list[Any] = []

    def of(name: str) -> list[Record]:
        view = views.stream(context, name)
        damage.extend(view.damage)
        return [record for record in view.records() if record.get("session_id") == session_id]

    sessions, chats, actions, orchestration = (of(name) for name in ("sessions", "chats", "actions", "orchestration"))
    record = sessions[0] if sessions else {"session_id": session_id}
    commits = Commits(views.records(context, "commits")).of(record, chats)
    if not (sessions or chats or actions or orchestration or commits):
        raise NothingHere(f"no session `{session_id}`", hint="gitml list")
    return Session(record, chats, actions, orchestration, commits, damage, prices_of(context.config))


def overview(context: Context, wanted: Callable[[Record], bool], limit: int | None) -> tuple[list[Record], list[Any]]:
    """The newest sessions that are wanted, newest first, as ``gitml list --json`` gives them; and the damage met.

    Keys: id session_id session_uid agent branch started_at ended_at duration_ms chats commits tokens usage
    usage_lower_bound cost unpriced summary parent. ``chats`` counts what the fold left to the session.
    """
    found = {name: views.stream(context, name) for name in ("sessions", "chats", "orchestration", "commits")}
    damage = [place for view in found.values() for place in view.damage]
    sessions = [record for record in found["sessions"].records() if wanted(record)]
    sessions.sort(key=lambda record: (str(record.get("started_at", "")), str(record.get("id", ""))), reverse=True)
    chats, batches = _by_session(found["chats"].records()), _by_session(found["orchestration"].records())
    commits = Commits(found["commits"].records())
    counted, prices = context.config.records("chats"), prices_of(context.config)
    return [_row(record, chats, batches, commits, counted, prices) for record in sessions[:limit]], damage


def _row(
    record: Record,
    chats: dict[str, list[Record]],
    batches: dict[str, list[Record]],
    commits: Commits,
    counted: bool,
    prices: Prices,
) -> Record:
    own = chats[str(record.get("session_id"))]
    took = total(own, batches[str(record.get("session_id"))], prices)
    made = [commit for commit in commits.of(record, own) if not commit.get("superseded_by")]
    plain = ("id", "session_id", "session_uid", "agent", "branch", "started_at", "ended_at")
    return {key: record.get(key) for key in plain} | {
        "duration_ms": length(record),
        "chats": len(own) if counted else record.get("chat_count", 0),
        "commits": [commit["id"] for commit in made],
        "tokens": took.tokens,
        "usage": took.usage,
        "usage_lower_bound": took.lower_bound,
        "cost": took.cost,
        "unpriced": took.unpriced,
        "summary": record.get("summary"),
        "parent": record.get("parent"),
    }


def length(record: Record) -> int | None:
    """Milliseconds from start to end of a session; None where either is not known."""
    start, end = (times.millis(str(record.get(key) or "")) for key in ("started_at", "ended_at"))
    return end - start if start and end >= start else None


def _by_session(records: Iterable[Record]) -> dict[str, list[Record]]:
    grouped: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        grouped[str(record.get("session_id"))].append(record)
    return grouped
