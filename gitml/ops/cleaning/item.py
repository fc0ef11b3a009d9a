"""What cleaning looks at, one thing at a time, and what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gitml.ops.cleaning import ages
from gitml.store.reclaiming import Reckoning

if TYPE_CHECKING:
    from gitml.config import Config


class Item(NamedTuple):
    """One thing of a type: ``subject`` its id or name · ``bytes`` that deleting it frees, or that it takes where it
    stays · ``age`` in seconds, as its type means it · ``goes`` or stays, and ``why`` · ``data``: the type's own."""

    kind: str
    subject: str
    path: str
    bytes: int
    age: float
    goes: bool
    why: str
    data: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Keys: type subject path bytes age_seconds action (remove, keep) why."""
        return {
            "type": self.kind,
            "subject": self.subject,
            "path": self.path,
            "bytes": self.bytes,
            "age_seconds": max(0, round(self.age)),
            "action": "remove" if self.goes else "keep",
            "why": self.why,
        }


class Wanted:
    """One cleaning, of one repository or of several: ``kinds`` in their order · ``older_than`` in seconds, None: what
    the config says of each type · ``reckoning``: what all that goes frees, to be asked in the order in which it goes ·
    ``shared``: what a type has found out once for all repositories, under its name."""

    __slots__ = ("kinds", "older_than", "reckoning", "shared")

    def __init__(self, kinds: tuple[str, ...], older_than: float | None = None) -> None:
        self.kinds = kinds
        self.older_than = older_than
        self.reckoning = Reckoning()
        self.shared: dict[str, Any] = {}

    def limit(self, config: Config, kind: str) -> float:
        """Seconds beyond which a thing of that type may go. Raises BadUsage for a config that says no age."""
        return ages.of_config(config, kind) if self.older_than is None else self.older_than
