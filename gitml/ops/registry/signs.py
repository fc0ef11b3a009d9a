"""Signs of life by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.errors import NothingHere
from gitml.ops.registry.book import Book
from gitml.ops.registry.caller import own
from gitml.store import heartbeats

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.registry.caller import Caller
    from gitml.ops.registry.holder import Holder
    from gitml.store.heartbeats import Moment


def give(context: Context, caller: Caller, number: int = 0, now: Moment | None = None) -> list[Holder]:
    """A sign for one's own number, or for ``number``. Returns for whom. Takes no lock. Raises NothingHere where nobody
    holds it, OSError."""
    book = Book(context.layout, now or heartbeats.moment())
    near = [one.number for one in book.all if book.near(one.entry)]
    mine = own(caller, book.all, context.layout.worktree, near)
    found = [one for one in ([book.holders.get(number)] if number else mine) if one is not None and one.held]
    given = [one for one in found if _beat(book, one)]
    if not given:
        raise NothingHere(
            f"nobody holds number {number}" if number else "nothing of yours is registered here",
            where=context.where.root,
            hint="gitml session register",
        )
    return [Book(context.layout, book.now).holders[one.number] for one in given]


def _beat(book: Book, holder: Holder) -> bool:
    layout, name = book.beat_of(holder)
    return heartbeats.beat(layout, name, book.now)
