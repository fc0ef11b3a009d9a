"""What a person means by an id: the unique beginning of one will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.errors import BadUsage, NothingHere
from gitml.model.streams import STREAMS
from gitml.ops.reading import views
from gitml.ops.reading.linked import Commits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitml.ops.context import Context

SESSION_IDS = ("id", "session_id", "session_uid")
SHOWN = 10


class Found:
    """``kind`` "session" (``id`` is its session_id) or "record" (``stream`` and ``id``)."""

    __slots__ = ("id", "kind", "stream")

    def __init__(self, kind: str, stream: str, id: str) -> None:
        self.kind = kind
        self.stream = stream
        self.id = id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Found) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"{self.id} (session)" if self.kind == "session" else f"{self.id} ({self.stream})"

    def _key(self) -> tuple[str, str, str]:
        return self.kind, self.stream, self.id


def find(context: Context, prefix: str, streams: Iterable[str] = STREAMS) -> Found:
    """The session or record whose id is ``prefix``, or is the only one to begin so.

    A session answers to its own id, its record's id, and its uid. Raises NothingHere where there is none, BadUsage
    with the candidates where there are several.
    """
    if not prefix:
        raise BadUsage("an empty id fits everything", hint="gitml list")
    begins = [(name, found) for name, found in _all_ids(context, streams) if name.startswith(prefix)]
    exact = {found for name, found in begins if name == prefix}
    return _only(prefix, exact or {found for _, found in begins})


def session_of(context: Context, prefix: str) -> str:
    """The session_id that ``prefix`` means: a session's, or that of the one record it names. Raises as ``find``."""
    try:
        found = find(context, prefix, ())
    except NothingHere:
        found = find(context, prefix)
    if found.kind == "session":
        return found.id
    sessions = sessions_with(context, found)
    if not sessions:
        raise NothingHere(f"no session is known for {found!r}", hint=f"gitml cat {found.stream} {found.id}")
    return sessions[0]


def sessions_with(context: Context, found: Found) -> list[str]:
    """The session_ids that a record belongs to. A commit's session may be told by the commit or by the session."""
    stated = [
        str(record["session_id"])
        for record in views.records(context, found.stream)
        if record.get("id") == found.id and record.get("session_id")
    ]
    if stated or found.stream != "commits":
        return stated
    commits = Commits(views.records(context, "commits"))
    return [
        str(session.get("session_id"))
        for session in views.records(context, "sessions")
        if any(commit["id"] == found.id for commit in commits.of(session))
    ]


def _all_ids(context: Context, streams: Iterable[str]) -> Iterator[tuple[str, Found]]:
    for stream in ("sessions", *(name for name in streams if name != "sessions")):
        for record in views.records(context, stream):
            yield from _ids(stream, record)


def _ids(stream: str, record: dict[str, Any]) -> list[tuple[str, Found]]:
    session = str(record.get("session_id") or "")
    if stream == "sessions":
        return [(str(record[key]), Found("session", "*", session)) for key in SESSION_IDS if record.get(key)]
    # a session counts even where its own record is gone: its other records still carry its id
    of_session = [(session, Found("session", "*", session))] if session else []
    id = str(record.get("id", ""))
    if stream == "digests":  # the session's uid
        return of_session and [(id, of_session[0][1]), *of_session]
    return [(id, Found("record", stream, id)), *of_session]


def _only(prefix: str, candidates: set[Found]) -> Found:
    if not candidates:
        raise NothingHere(f"nothing here has the id `{prefix}`", hint="gitml list")
    if len(candidates) == 1:
        return candidates.pop()
    names = sorted(repr(candidate) for candidate in candidates)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise BadUsage(f"`{prefix}` fits {len(names)} ids: {', '.join(names[:SHOWN])}{more}", hint="give more of the id")
