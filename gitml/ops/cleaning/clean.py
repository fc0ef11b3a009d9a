"""``gitml clean``, over one repository or all: looked at, then carried out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.ops.cleaning.apply import Done, apply
from gitml.ops.cleaning.plan import Plan, plan

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.cleaning.plan import Progress
    from gitml.ops.cleaning.sites import Site


class Looked:
    """A repository: its ``site`` · its ``plan``, None where it could not be looked at · ``done``, None until it was
    carried out · ``failures``, a line each."""

    __slots__ = ("done", "failures", "plan", "site")

    def __init__(self, site: Site) -> None:
        self.site = site
        self.plan: Plan | None = None
        self.done: Done | None = None
        self.failures: list[str] = []

    @property
    def going(self) -> int:
        """How many things go."""
        return len(self.plan.going) if self.plan is not None else 0

    def to_dict(self) -> dict[str, Any]:
        """Keys: repository types items failures; ``docs/clean.md`` explains them."""
        made = self.plan
        return {
            "repository": self.site.name,
            "types": {kind: self.row(kind) for kind in (made.before if made is not None else ())},
            "items": self._items(),
            "failures": self.failures,
        }

    def row(self, kind: str) -> dict[str, int]:
        """Of one type, keys: items (how many there are), removed (or to be), bytes_before bytes_freed bytes_after."""
        made, done = self.plan, self.done
        assert made is not None
        of_kind = [item for item in made.items if item.kind == kind]
        gone = [item for item in (made.going if done is None else done.gone) if item.kind == kind]
        freed = sum(item.bytes for item in gone)
        after = made.before[kind] - freed if done is None else done.after[kind]
        return {
            "items": len(of_kind),
            "removed": len(gone),
            "bytes_before": made.before[kind],
            "bytes_freed": freed,
            "bytes_after": after,
        }

    def _items(self) -> list[dict[str, Any]]:
        if self.plan is None:
            return []
        if self.done is None:
            return [item.to_dict() for item in self.plan.items]
        failed = {(item.kind, item.path, item.subject): why for item, why in self.done.failures}
        gone = {(item.kind, item.path, item.subject): item for item in self.done.gone}
        told = []
        for item in self.plan.items:
            key = (item.kind, item.path, item.subject)
            why = failed.get(key)
            told.append({**gone.get(key, item).to_dict(), **({"action": "failed", "why": why} if why else {})})
        return told


def look(sites: Iterable[Site], wanted: Wanted, now: float, progress: Progress, *, alone: bool) -> list[Looked]:
    """The plan of each, in their order. A repository that fails does not stop the rest, unless it is ``alone``: then
    raises BadUsage for a config that makes no sense."""
    found = []
    for site in sites:
        looked = Looked(site)
        found.append(looked)
        if site.context is None:
            looked.failures.append(f"{site.name}: {site.failure}")
            continue
        try:
            looked.plan = plan(site.context, wanted, now, progress)
            looked.failures += looked.plan.failures
        except (GitmlError, OSError) as error:
            if alone:
                raise
            looked.failures.append(f"{site.name}: {error}")
    return found


def carry_out(looked: Iterable[Looked], by: str, progress: Progress, *, alone: bool) -> None:
    """Apply the plans. Raises Busy, OSError where the one that is ``alone`` fails; of several that is a failure."""
    for each in looked:
        if each.plan is None or each.site.context is None:
            continue
        try:
            each.done = apply(each.site.context, each.plan, by, progress)
            each.failures += [f"{item.path}: {why}" for item, why in each.done.failures]
        except (GitmlError, OSError) as error:
            if alone:
                raise
            each.failures.append(f"{each.site.name}: {error}")
