"""Which sessions need a digest, and making it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.derive.digests.shape import BASES, DIGEST_VERSION, TOMBSTONE, Material, digest_of
from gitml.derive.digests.shrink import shrunk
from gitml.errors import GitmlError
from gitml.model.jsonl import decode
from gitml.model.streams import rank
from gitml.model.times import of_epoch
from gitml.ops.digesting import sources, transcript
from gitml.ops.digesting.forgotten import forgotten
from gitml.ops.digesting.prices import prices_of
from gitml.ops.digesting.recorded import Recorded
from gitml.ops.lifecycle.stages import automatic
from gitml.ops.lifecycle.standing import Standing, standings
from gitml.ops.raw.known import copies, stated
from gitml.ops.raw.session import unpacked
from gitml.ops.reading import views
from gitml.ops.reading.active import is_active, unfinished
from gitml.ops.redacting.gates import gate_of
from gitml.ops.registry.roster import roster
from gitml.store import spool

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitml.model.sealed import Sealed
    from gitml.ops.context import Context
    from gitml.redact.gate import Gate

Record = dict[str, Any]


class Item:
    """One session and what is to be done about it. ``make``, and ``why`` (or why not) in words; ``forgotten``: how many
    things of it were."""

    __slots__ = ("forgotten", "make", "session", "why")

    def __init__(self, session: Record, make: bool, why: str, forgotten: int = 0) -> None:
        self.forgotten = forgotten
        self.session = session
        self.make = make
        self.why = why

    def to_dict(self) -> Record:
        """Keys: session_id make why."""
        return {"session_id": self.session.get("session_id"), "make": self.make, "why": self.why}


class Plan:
    """``items``, by the time the sessions began; the rest is what making them needs. ``copies``: the manifests of raw
    copies by session_uid."""

    __slots__ = ("copies", "digests", "items", "recorded", "standing")

    def __init__(
        self,
        items: list[Item],
        digests: dict[str, Record],
        recorded: Recorded,
        standing: dict[str, Standing],
        copies: dict[str, Record],
    ) -> None:
        self.copies = copies
        self.items = items
        self.digests = digests
        self.recorded = recorded
        self.standing = standing


class Report:
    """``made``: the digests written · ``same``: sessions whose digest came out as it was · ``errors``, a line each."""

    __slots__ = ("errors", "made", "same")

    def __init__(self) -> None:
        self.made: list[Record] = []
        self.same: list[str] = []
        self.errors: list[str] = []


def plan(context: Context, now: float, *, named: list[str] | None = None, again: bool = False) -> Plan:
    """What there is to do: about all sessions, or those ``named`` (session ids), which are done even while active.

    ``again`` makes every digest anew. ``now`` in seconds since 1970. Changes nothing.
    """
    digests = {str(digest.get("id")): digest for digest in views.records(context, "digests")}
    recorded = Recorded(context)
    known = copies(context)
    judge = _Judge(context, digests, recorded, known, now, asked=again or named is not None, whatever=named is not None)
    sessions = (record for record in views.records(context, "sessions") if record.get("session_uid"))
    chosen = (session for session in sessions if named is None or session.get("session_id") in named)
    return Plan([judge.item(session) for session in chosen], digests, recorded, standings(context), known)


class _Judge:
    """Says which sessions need a digest. ``asked``: so do those whose digest will do; ``whatever`` their state."""

    def __init__(
        self,
        context: Context,
        digests: dict[str, Record],
        recorded: Recorded,
        copies: dict[str, Record],
        now: float,
        *,
        asked: bool,
        whatever: bool,
    ) -> None:
        self.context = context
        self.digests = digests
        self.copies = copies
        self.now = now
        self.asked = asked
        self.whatever = whatever
        self.unfinished = unfinished(recorded.all("chats"))
        self.forgotten = forgotten(context)
        self.prices = prices_of(context.config)
        self.roster = roster(context, now)

    def item(self, session: Record) -> Item:
        """What is to be done about a session."""
        session_id = str(session.get("session_id"))
        if not self.whatever and self._active(session, session_id):
            return Item(session, False, "it may still go on")
        gone = self.forgotten[session_id]
        why = self._why(session, self.digests.get(str(session["session_uid"])), gone) or ("asked for" * self.asked)
        return Item(session, bool(why), why or "its digest is up to date", gone)

    def _active(self, session: Record, session_id: str) -> bool:
        return self.roster.active_record(session) or is_active(session, session_id in self.unfinished, self.now)

    def _why(self, session: Record, digest: Record | None, gone: int) -> str:
        """Why a session needs a digest; "" where the one it has will do."""
        if digest is None:
            return "it has none"
        if _whole(digest.get("forgotten")) < gone:
            return "something of it was forgotten"
        if _whole(digest.get("deriver")) < DIGEST_VERSION:
            return "its digest is of an older version"
        if _state(digest) < _state(session):
            return "it went on"
        if digest.get("basis") == "records":
            return "its transcript is here now" if self._is_here(session) else ""
        copy = self.copies.get(str(session["session_uid"]))
        if copy is not None and any(digest.get(key) != value for key, value in stated(copy).items()):
            return "its raw copy is another by now"
        priced = any(self.prices.knows(str(model)) for model in _listed(digest.get("unpriced")))
        return "a model of it has a price by now" if priced else ""

    def _is_here(self, session: Record) -> bool:
        return session["session_uid"] in self.copies or sources.source_of(self.context, session) is not None


def _state(record: Record) -> tuple[str, int]:
    """What a session had come to when a record of it was made: the latest time and how many events, which records
    alone do not tell."""
    events = 2 * TOMBSTONE if record.get("basis") == "records" else _whole(record.get("rev")) % TOMBSTONE
    return str(record.get("updated_at") or ""), events


def apply(context: Context, plan: Plan, now: float, progress: Callable[[int, int], None] | None = None) -> Report:
    """Make them. One session that fails does not stop the others. ``progress`` is called with (done, all)."""
    report = Report()
    todo = [item for item in plan.items if item.make]
    for done, item in enumerate(todo):
        if progress is not None:
            progress(done, len(todo))
        try:
            _make(context, plan, item, now, report)
        except (GitmlError, OSError, ValueError, TypeError, LookupError, AttributeError) as error:  # or odd records
            report.errors.append(f"{item.session.get('session_id')}: {error}")
    if progress is not None:
        progress(len(todo), len(todo))
    return report


def _make(context: Context, plan: Plan, item: Item, now: float, report: Report) -> None:
    session = item.session
    material, gate = _material(context, plan, session)
    material.forgotten = item.forgotten
    old = plan.digests.get(str(session["session_uid"]))
    material.raw = material.raw or _raw_before(material, old)
    made = _with_texts(digest_of(material), material, old)
    digest = shrunk(made, lambda record: len(gate.seal("digests", record).data))
    lines = [gate.seal("digests", digest)] if old is None else _instead(digest, old, gate)
    report.made += [digest] if lines else []
    report.same += [] if lines else [str(session["session_id"])]
    lines += _analyzed(plan, str(session["session_id"]), now, gate)
    spool.append(context.layout, lines)


def _material(context: Context, plan: Plan, session: Record) -> tuple[Material, Gate]:
    prices = prices_of(context.config)
    copy = plan.copies.get(str(session["session_uid"]))
    made = None
    found = sources.source_of(context, session)
    if found is not None:
        made = transcript.material_of(context, *found, prices)
    elif copy is not None:
        with unpacked(context, registry.adapter(copy["agent"]), copy) as source:
            made = transcript.material_of(context, registry.adapter(copy["agent"]), source, prices, "raw")
    if made is None or made[0] is None or made[0].session["session_uid"] != session["session_uid"]:
        made = plan.recorded.material(session, prices), gate_of(context)
    material, gate = made
    assert material is not None
    material.raw = stated(copy) if copy is not None else {}
    return material, gate


def _raw_before(material: Material, old: Record | None) -> Record:
    """Of a copy that was evicted, an older digest of the same state still says what it was."""
    if old is None or _whole(old.get("forgotten")) != material.forgotten or _state(old) < _state(material.session):
        return {}
    return {key: old[key] for key in ("raw_bytes", "raw_sha256") if key in old}


def _with_texts(digest: Record, material: Material, old: Record | None) -> Record:
    """Where the chats lost their texts to compaction, an older digest has what is left of these."""
    thin = any(isinstance(chat.get("thinned"), dict) for chat in material.chats)
    if not thin or old is None or _whole(old.get("forgotten")) < material.forgotten:
        return digest
    return {**digest, "snippets": _listed(old.get("snippets"))}


def _instead(digest: Record, old: Record, gate: Gate) -> list[Sealed]:
    """The line that takes the place of an older digest; none where that is the same, or better.

    One of the same state of the session (other prices, other rules) would win or lose by its bytes: it gets a greater
    ``rev``. One made by a newer version, of a longer transcript or from more than this, stays, unless more is forgotten
    by now.
    """
    line = gate.seal("digests", digest)
    if _content(old) == _content_of(line):
        return []
    better = rank(old, b"")[:2] > rank(digest, b"")[:2] or _basis(old) > _basis(digest)
    if better and _whole(old.get("forgotten")) >= _whole(digest.get("forgotten")):
        return []
    if rank(old, b"")[2] >= digest["rev"]:
        line = gate.seal("digests", {**digest, "rev": rank(old, b"")[2] + 1})
    return [line]


def _content_of(line: Sealed) -> Record:
    return _content(decode(line.data))


def _content(digest: Record) -> Record:
    return {key: value for key, value in digest.items() if key != "rev"}


def _basis(digest: Record) -> bool:
    """Whether it was made from events."""
    return digest.get("basis") in BASES[1:]


def _analyzed(plan: Plan, session_id: str, now: float, gate: Gate) -> list[Sealed]:
    """The transition to analyzed, where nothing tells of one yet."""
    standing = plan.standing.get(session_id) or Standing()
    if "analyzed" in standing.reached:
        return []
    return [gate.seal("lifecycle", automatic(session_id, standing.stage, "analyzed", of_epoch(now)))]


def _whole(value: object) -> int:
    """A number from a record that may be anybody's."""
    return value if isinstance(value, int) else 0


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
