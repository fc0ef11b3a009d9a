"""Killed anywhere, nobody who is gone comes back, and nobody gets two numbers or none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from support.kills import killed_at
from support.registering import at, take

from gitml.ops.context import Context, open_at
from gitml.ops.registry import register as registering
from gitml.ops.registry.book import Book
from gitml.ops.registry.caller import Caller
from gitml.store import heartbeats, registry
from gitml.store.heartbeats import Moment

Work = Callable[[Context, Moment], object]
NOW = 3 * 3600
NOW_AT = at(NOW)


def registers(context: Context, now: Moment) -> object:
    """A new session, where one is gone and one is there."""
    return take(context, "new", now)


def registers_again(context: Context, now: Moment) -> object:
    """The one that is there, with another role."""
    return take(context, "there", now, role="another")


def moves(context: Context, now: Moment) -> object:
    """The one that is there, to another number."""
    return take(context, "there", now, number=7)


def ends(context: Context, now: Moment) -> object:
    """The one that is there."""
    return registering.end(context, Caller("claude", "there"), "a test", now=now)


def reaps(context: Context, now: Moment) -> object:
    """The one that is gone."""
    return registering.reap(context, "a test", now=now)


@pytest.fixture
def begun(repo: Path, tmp_path: Path) -> Callable[[], Context]:
    """A store in which number 1 is long silent and number 2 gave a sign a minute ago; made anew at each call."""
    local = repo / ".git" / "gitml"
    local.mkdir()
    context = open_at(str(repo))
    take(context, "gone", at(0))
    take(context, "there", at(60))
    assert heartbeats.beat(context.layout, heartbeats.name_of("claude", "there"), at(NOW - 60))
    saved = shutil.copytree(local, tmp_path / "saved")

    def again() -> Context:
        shutil.rmtree(local)
        shutil.copytree(saved, local)
        return context

    return again


@pytest.mark.parametrize("work", [registers, registers_again, moves, ends, reaps])
def test_killed_at_every_step(begun: Callable[[], Context], work: Work) -> None:
    """After a kill at any touch of the disk all files can be read, and the next who come set it right."""
    number, context = 0, begun()
    while killed_at(number, partial(work, context, NOW_AT)):
        held = held_of(context)
        assert "gone" not in held, "somebody who was gone is there again"
        assert "there" in held or work is ends
        if "there" in held:
            assert take(context, "there", NOW_AT).number in held["there"]
        take(context, "new", NOW_AT)
        after = held_of(context)
        assert sorted(after) == ["new", "there"] if "there" in held else ["new"]
        assert all(len(numbers) == 1 for numbers in after.values()), after
        signs = {name for _, name in heartbeats.all(context.layout)}
        assert signs == {heartbeats.name_of("claude", name) for name in after}
        assert not registry.rests(context.layout)
        number, context = number + 1, begun()
    assert number > 5


def held_of(context: Context) -> dict[str, list[int]]:
    """{session: the numbers it holds}, newest first."""
    book = Book(context.layout, NOW_AT)
    assert not book.torn
    found: dict[str, list[int]] = {}
    for one in sorted(book.all, key=lambda one: one.text("registered_at"), reverse=True):
        if one.held:
            found.setdefault(one.session_id, []).append(one.number)
    return found
