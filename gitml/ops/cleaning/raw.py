"""Raw copies, through the retention policy: the same plan and the same eviction as ``gitml sweep``, which also captures
and digests before. An age asked for stands in place of the policy's. Age is the time since a session's last word.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from gitml.errors import Damaged, GitmlError
from gitml.ops.cleaning.item import Item
from gitml.ops.cleaning.pieces import Pieces
from gitml.ops.cleaning.told import told
from gitml.ops.retention import evicting, policy
from gitml.ops.retention import plan as planning
from gitml.ops.retention.gather import gather
from gitml.ops.retention.plan import Choice
from gitml.store import reclaiming
from gitml.store.raw import kept, manifests

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.context import Context
    from gitml.ops.retention.plan import Plan

REST = "a killed capture left it"
LAST = "no raw copy would be left (gitml sweep --remove-all)"


def places(context: Context) -> list[str]:
    """What it takes."""
    return [context.layout.raw]


def look(context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
    """Every raw copy, those that go first, in the order in which they go; then what killed captures left. Raises
    BadUsage for a policy that makes no sense, OSError."""
    said = policy.of_config(context.config)
    if wanted.older_than is not None:
        said = said._replace(max_age=wanted.older_than)
    policy.check(said, keep_all=True, remove_all=True)
    made = planning.plan(gather(context, now, safety=told(context, wanted, now).safety), said, now)
    pieces = Pieces(context.layout, [choice.held for choice in made.choices])
    going = [choice for choice in made.order if not _refused(made, choice)]
    for choice in going:
        yield _item(context, choice, pieces.drop(choice.held), now, choice.why, goes=True)
    left = {choice.held.uid for choice in going}
    for choice in made.choices:
        if choice.held.uid not in left:
            why = _refused(made, choice) or choice.why
            why = "the policy has no age and no cap" if said.empty and choice.rule == planning.FITS else why
            yield _item(context, choice, pieces.size(choice.held), now, why, goes=False)
    yield from _rests(context, wanted, now, {name for choice in made.choices for name in choice.held.objects})


def take(context: Context, item: Item) -> int:
    """One of them. Raises GitmlError, OSError."""
    outcome = take_all(context, [item])[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def take_all(context: Context, items: Sequence[Item]) -> list[int | Exception]:
    """Several, under one lock, since each eviction reads every manifest. A copy that is another one by now stays."""
    choices = [item.data for item in items if isinstance(item.data, Choice)]
    evicting.finish(context)
    pieces = Pieces(context.layout, [choice.held for choice in choices])
    gone = set(evicting.apply(context, choices, time.time())[0])
    rests = set(_garbage(context, None)) if len(choices) < len(items) else set()
    outcomes: list[int | Exception] = []
    for item in items:
        if not isinstance(item.data, Choice):
            outcomes.append(_rest(context, item, rests))
        elif item.data.held.session_id in gone:
            outcomes.append(pieces.freed(item.data.held))
        else:
            outcomes.append(GitmlError("it is another copy by now", where=item.path, hint="run it again"))
    return outcomes


def _refused(made: Plan, choice: Choice) -> str:
    """Why clean leaves to ``gitml sweep`` what the policy would evict."""
    if choice.evict and (choice.analyze or choice.loss):
        return f"not analyzed: {choice.held.flaw} (gitml sweep)"
    return LAST if choice.evict and made.leaves_nothing else ""


def _item(context: Context, choice: Choice, octets: int, now: float, why: str, *, goes: bool) -> Item:
    agent, _, session_id = choice.held.uid.partition(":")
    path = manifests.path_of(context.layout, agent, session_id)
    return Item("raw", choice.held.uid, path, octets, max(0.0, now - choice.held.last), goes, why, choice)


def _rests(context: Context, wanted: Wanted, now: float, known: Collection[str]) -> Iterator[Item]:
    for path in _garbage(context, now, known):
        try:
            age = max(0.0, now - os.lstat(path).st_mtime)
        except FileNotFoundError:
            continue
        name = os.path.relpath(path, context.layout.raw)
        yield Item("raw", name, path, wanted.reckoning.tree(path), age, True, REST)


def _garbage(context: Context, now: float | None, known: Collection[str] = ()) -> list[str]:
    """No pieces while a manifest cannot be read, which may name them: ``gitml verify`` tells of that."""
    halves = kept.halves(context.layout, now)
    try:
        return halves + kept.loose(context.layout, now, known)
    except Damaged:
        return halves


def _rest(context: Context, item: Item, rests: set[str]) -> int | Exception:
    if item.path not in rests and os.path.lexists(item.path):
        return GitmlError("it is in use by now", where=item.path)
    try:
        return reclaiming.remove(context.layout.raw, item.subject)
    except OSError as error:
        return error
