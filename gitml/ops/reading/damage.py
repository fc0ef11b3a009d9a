"""Damage met on the way, without what an earlier ``gitml verify --repair`` has seen to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gitml.ops.verifying import known
from gitml.store.sifting import records

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.lines import Damage


def unknown(context: Context, damage: Iterable[Damage]) -> list[Damage]:
    """Each damage once, in the order met, but for what is known. Where there is none, this costs nothing."""
    found = list(dict.fromkeys(damage))
    marks = known.load(context.layout) if found else frozenset()
    if not marks:
        return found
    seen_to = {(path, number) for path in {one.path for one in found} for number in _known(context, path, marks)}
    return [one for one in found if (one.path, one.line) not in seen_to]


def _known(context: Context, path: str, marks: frozenset[str]) -> list[int]:
    """The numbers of bad lines of a file that are known."""
    bad: list[tuple[int, str, bytes]] = []
    for _ in records(path, lambda *one: bad.append(one)):
        pass
    place = known.place_of(context.where.root, path)
    return [number for number, _, line in bad if known.mark_of(path, place, number, line) in marks]
