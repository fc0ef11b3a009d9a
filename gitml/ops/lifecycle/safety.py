"""Whether a session's transcript could go without a loss. What deletes one asks here."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from gitml.derive.digests.outcome import UNFINISHED
from gitml.ops.digesting.verify import flaw
from gitml.ops.lifecycle.stages import configured
from gitml.ops.lifecycle.standing import Standing, standings
from gitml.ops.reading import views
from gitml.ops.reading.active import is_active, unfinished
from gitml.ops.registry.roster import roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitml.ops.context import Context

Record = dict[str, Any]


class Safety:
    """Everything the question takes, read once. ``sessions``: their folded records, by time · ``standing`` by session
    id · ``now`` in seconds since 1970. Raises BadUsage where the config names a stage that is none."""

    __slots__ = ("_by_uid", "_digests", "_open", "_roster", "_stages", "_turns", "now", "sessions", "standing")

    def __init__(self, context: Context, now: float) -> None:
        self.now = now
        self.sessions = views.records(context, "sessions")
        self.standing = standings(context)
        self._by_uid: dict[str, Record] | None = None
        self._stages = configured(context.config, "lifecycle.safe_stages")
        self._digests = {str(digest.get("id")): digest for digest in views.records(context, "digests")}
        self._roster = roster(context, now)
        self._turns: Counter[str] = Counter()
        self._open = unfinished(self._counted(views.stream(context, "chats").records()))

    def against(self, session: Record, raw: Record | None = None) -> str:
        """Why it is not safe to clean that session away; "" where it is: its digest is there and stands for it, its
        stage is one of ``lifecycle.safe_stages``, and it is not active. ``raw`` as for ``verify.flaw``."""
        if self.active(session):
            return "it may still go on"
        why = self.flaw(session, raw)
        stage = self.of(str(session.get("session_id"))).stage
        if not why and stage not in self._stages:
            why = f"it is {stage}, not {' or '.join(self._stages) or 'in any stage that is safe'}"
        return why

    def active(self, session: Record) -> bool:
        """Whether that session may still go on: it holds a number, or its last word is not long ago."""
        return self._roster.active_record(session) or is_active(
            session, str(session.get("session_id")) in self._open, self.now
        )

    def recorded(self, uid: str) -> Record | None:
        """The record of a session, by its session_uid."""
        if self._by_uid is None:
            self._by_uid = {str(session.get("session_uid")): session for session in self.sessions}
        return self._by_uid.get(uid)

    def turns(self, session_id: str) -> int:
        """How many chats the records have of a session, but for those that it copied from the one it resumed."""
        return self._turns[session_id]

    def unfinished(self, session: Record) -> bool:
        """Whether the session's last turn has no end, by its newest chat or by its digest: the chats of a resumed
        session are those of the one it resumed. A digest that was cut short does not tell."""
        digest = self._digests.get(str(session.get("session_uid"))) or {}
        told = digest.get("evidence")
        evidence = told if isinstance(told, list) and "evidence" not in (digest.get("left_out") or ()) else UNFINISHED
        return str(session.get("session_id")) in self._open or any(each in evidence for each in UNFINISHED)

    def flaw(self, session: Record, raw: Record | None = None) -> str:
        """Why no digest stands for that session; "" where one does. ``raw`` as for ``verify.flaw``."""
        return flaw(self._digests.get(str(session.get("session_uid"))), session, raw)

    def of(self, session_id: str) -> Standing:
        """Where a session stands."""
        return self.standing.get(session_id) or Standing()

    def _counted(self, chats: Iterable[Record]) -> Iterator[Record]:
        """One at a time: there may be many."""
        for chat in chats:
            self._turns[str(chat.get("session_id"))] += 1
            yield chat
