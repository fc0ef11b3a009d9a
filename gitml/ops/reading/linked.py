"""Which commits belong to which session, asked from either side."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]
SHORTEST = 4


class Commits:
    """All folded commit records, by id, by beginning of an id, and by session."""

    __slots__ = ("_by_id", "_by_session", "_ids")

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_id = {str(record.get("id", "")): record for record in records}
        self._ids = sorted(self._by_id)
        self._by_session: dict[str, list[str]] = {}
        for sha, record in self._by_id.items():
            if record.get("session_id"):
                self._by_session.setdefault(str(record["session_id"]), []).append(sha)

    def starting(self, prefix: str) -> list[str]:
        """The ids that begin so, sorted."""
        at = bisect_left(self._ids, prefix)
        found = []
        while at < len(self._ids) and self._ids[at].startswith(prefix):
            found.append(self._ids[at])
            at += 1
        return found

    def of(self, session: Record, chats: Iterable[Record] = ()) -> list[Record]:
        """The commits made in a session, by time.

        From the commit's own word, and from what session and chats name (often abbreviated). A commit that says it was
        made in another session stays there: a resumed session copies what the older one did. One no record is
        known of, or an abbreviation that fits several, is ``{"id": what was named}``.
        """
        session_id = str(session.get("session_id", ""))
        found = {sha: self._by_id[sha] for sha in self._by_session.get(session_id, [])}
        for sha in _named([session, *chats]):
            record = self._resolved(sha)
            if record.get("session_id") in (None, "", session_id):
                found.setdefault(str(record["id"]), record)
        return sorted(found.values(), key=lambda commit: (str(commit.get("timestamp") or "~"), str(commit["id"])))

    def _resolved(self, sha: str) -> Record:
        ids = self.starting(sha)
        return self._by_id[ids[0]] if len(ids) == 1 else {"id": sha}


def _named(records: Iterable[Record]) -> list[str]:
    named = [sha for record in records for sha in _texts(record.get("commits")) if len(sha) >= SHORTEST]
    # longest first, so that an abbreviation is not taken for a commit of its own beside the full sha
    kept: list[str] = []
    for sha in sorted(set(named), key=lambda name: (-len(name), name)):
        if not any(longer.startswith(sha) for longer in kept):
            kept.append(sha)
    return kept


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
