"""Secrets recognised only after they had been recorded: out of what no commit carries, reported where one does."""

import os

from gitml.model.jsonl import decode
from gitml.ops.record.known import lines_with_paths
from gitml.redact.vault import occurrences

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.redact.gate import Gate
    from gitml.redact.vault import Secret
    from gitml.store.layout import Layout


class _OfSession:
    """What goes for records of one session alone. Stands in for tombstones when local parts are purged."""

    __slots__ = ("session_id",)

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id

    @property
    def pairs(self) -> "frozenset[tuple[str, str]]":
        """Which torn lines may be meant: those of the session."""
        return frozenset({("*", self.session_id)})


class Late(_OfSession):
    """Tells the records of one session that hold one of some secrets."""

    __slots__ = ("secrets",)

    def __init__(self, session_id: str, secrets: "list[Secret]") -> None:
        super().__init__(session_id)
        self.secrets = secrets

    def __bool__(self) -> bool:
        return bool(self.secrets)

    def hides(self, stream: str, record: "dict[str, Any]") -> bool:
        """Whether the record is this session's and gives one of the secrets away."""
        return record.get("session_id") == self.session_id and self._in(record)

    def _in(self, value: "Any") -> bool:
        if isinstance(value, str):
            return bool(occurrences(self.secrets, value))
        if isinstance(value, dict):
            return any(self._in(member) for member in value.values())
        return isinstance(value, list) and any(self._in(member) for member in value)


class Outdated(_OfSession):
    """Tells the records of one session that the rules of today would have written differently."""

    __slots__ = ("gate",)

    def __init__(self, session_id: str, gate: "Gate") -> None:
        super().__init__(session_id)
        self.gate = gate

    def __bool__(self) -> bool:
        return True

    def hides(self, stream: str, record: "dict[str, Any]") -> bool:
        """Whether the record is this session's and the gate would change it."""
        return record.get("session_id") == self.session_id and self.gate.value(record) != record


def where_recorded(layout: "Layout", late: Late) -> "tuple[int, list[str]]":
    """How many lines of the spools hold one of the secrets, and which files of commits do."""
    waiting, tracked = 0, set()
    for path, line in lines_with_paths(layout, late.session_id):
        try:
            record = decode(line)
        except ValueError:
            continue
        if isinstance(record, dict) and late.hides("", record):
            if path.startswith(layout.local) and not path.startswith(layout.side + os.sep):
                waiting += 1
            else:
                tracked.add(path)
    return waiting, sorted(tracked)
