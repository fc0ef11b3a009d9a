"""What is there, what goes, what it takes: nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from gitml.errors import BadUsage, GitmlError
from gitml.ops.cleaning import kinds
from gitml.store.footprint import Survey

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Item, Wanted
    from gitml.ops.context import Context

Progress = Callable[[str, int, int], None]
"""Told which type is at work, how many are behind us, of how many."""


class Plan(NamedTuple):
    """``items`` in the order in which they are met, which is that in which they go · ``before``: bytes on disk, by type
    · ``failures``: (what could not be looked at, why), a line each."""

    items: list[Item]
    before: dict[str, int]
    failures: list[str]

    @property
    def going(self) -> list[Item]:
        """What goes."""
        return [item for item in self.items if item.goes]

    def freed(self) -> dict[str, int]:
        """Bytes that go, by type."""
        return {kind: sum(item.bytes for item in self.going if item.kind == kind) for kind in self.before}

    def to_dict(self) -> dict[str, Any]:
        """Keys: items bytes_before bytes_freed failures."""
        return {
            "items": [item.to_dict() for item in self.items],
            "bytes_before": self.before,
            "bytes_freed": self.freed(),
            "failures": self.failures,
        }


def plan(context: Context, wanted: Wanted, now: float, progress: Progress | None = None) -> Plan:
    """What of the wanted types goes at ``now`` (seconds since 1970). A type that cannot be looked at is a failure, and
    nothing of it goes. ``progress`` is told of 0 in all. Raises BadUsage for a config that makes no sense."""
    made = Plan([], {}, [])
    for kind in wanted.kinds:
        found: list[Item] = []
        try:
            for item in kinds.load(kind).look(context, wanted, now):
                found.append(item)
                if progress is not None:
                    progress(kind, len(found), 0)
        except BadUsage:
            raise
        except (GitmlError, OSError) as error:
            made.failures.append(f"{kind}: {error}")
            found = [item._replace(goes=False) for item in found]
        made.items.extend(found)
        made.before[kind] = takes(context, kind, found)
    return made


def takes(context: Context, kind: str, items: list[Item]) -> int:
    """Bytes on disk of a type: of its places where it names them, else of all its items."""
    places = getattr(kinds.load(kind), "places", None)
    if places is None:
        return sum(item.bytes for item in items)
    survey = Survey()
    return sum(survey.size(path) for path in places(context))
