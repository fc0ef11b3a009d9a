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
from gitml.ops.cleaning.policed import Planned, Policed, refused
from gitml.ops.cleaning.told import told
from gitml.ops.retention import evicting, policy
from gitml.ops.retention import plan as planning
from gitml.ops.retention.plan import Choice
from gitml.store import reclaiming
from gitml.store.raw import kept, manifests

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.context import Context

REST = "a killed capture left it"


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
    policed = Policed(context, said)
    made = policed.plan(now, told(context, wanted, now).safety)
    pieces = Pieces(context.layout, [choice.held for choice in made.choices])
    going = [choice for choice in made.order if not refused(made, choice)]
    for choice in going:
        yield _item(context, Planned(choice, policed), pieces.drop(choice.held), now, choice.why, goes=True)
    left = {choice.held.uid for choice in going}
    for choice in made.choices:
        if choice.held.uid not in left:
            why = refused(made, choice) or choice.why
            why = "the policy has no age and no cap" if said.empty and choice.rule == planning.FITS else why
            yield _item(context, Planned(choice, policed), pieces.size(choice.held), now, why, goes=False)
    yield from _rests(context, wanted, now, {name for choice in made.choices for name in choice.held.objects})


def take(context: Context, item: Item) -> int:
    """One of them. Raises GitmlError, OSError."""
    outcome = take_all(context, [item])[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def take_all(context: Context, items: Sequence[Item]) -> list[int | Exception]:
    """Several, under one lock, since each eviction reads every manifest. What the policy does not say any more of that
    very copy stays. Raises GitmlError, OSError, ValueError before anything went."""
    planned = [item.data for item in items if isinstance(item.data, Planned)]
    asked = [each.choice for each in planned if each.policed.goes(each.choice)]
    pieces = Pieces(context.layout, [choice.held for choice in asked])
    evicting.finish(context)  # of one that was killed: what that frees is freed here
    outcomes = _evicted(context, asked)
    rests = set(_garbage(context, None)) if any(item.data is None for item in items) else set()
    return [_outcome(context, item, pieces, outcomes, rests) for item in items]


def _evicted(context: Context, choices: Sequence[Choice]) -> dict[str, Exception | None]:
    """{uid: why it is still there, None where it is gone}."""
    why: Exception = GitmlError("it is another copy by now", hint="run it again")
    try:
        evicting.apply(context, choices, time.time())
    except (GitmlError, OSError) as error:  # some may have gone before
        why = error
    return {choice.held.uid: why if _is_there(context, choice) else None for choice in choices}


def _is_there(context: Context, choice: Choice) -> bool:
    agent, _, session_id = choice.held.uid.partition(":")
    try:
        found = manifests.load(context.layout, agent, session_id)
    except (Damaged, OSError):
        return True
    return found is not None and "evicted" not in found


def _outcome(
    context: Context, item: Item, pieces: Pieces, evicted: dict[str, Exception | None], rests: set[str]
) -> int | Exception:
    if item.data is None:
        return _rest(context, item, rests)
    held = item.data.choice.held
    if held.uid not in evicted:
        return GitmlError("the policy keeps it by now", where=item.path, hint="run it again")
    return evicted[held.uid] or pieces.freed(held)


def _item(context: Context, planned: Planned, octets: int, now: float, why: str, *, goes: bool) -> Item:
    held = planned.choice.held
    agent, _, session_id = held.uid.partition(":")
    path = manifests.path_of(context.layout, agent, session_id)
    return Item("raw", held.uid, path, octets, max(0.0, now - held.last), goes, why, planned)


def _rests(context: Context, wanted: Wanted, now: float, known: Collection[str]) -> Iterator[Item]:
    for path in _garbage(context, now, known):
        try:
            age = max(0.0, now - os.lstat(path).st_mtime)
        except FileNotFoundError:
            continue
        name = reclaiming.below(context.layout.raw, path)
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
