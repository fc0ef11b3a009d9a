"""Writing the registry down, and telling the audit log. Everything here is done under the store's lock.

The entry is always written first. Killed before the file for its signs is there, a session registers again with its
next turn; killed before that of somebody who is gone has gone, the next who registers or reaps takes it away.
"""

from gitml.model import times
from gitml.model.jsonl import decode
from gitml.ops.registry.holder import Holder, judged, pid_of
from gitml.redact.gate import seal_state
from gitml.store import audit, heartbeats, registry
from gitml.store.files import remove_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.ops.registry.book import Book


def put(book: "Book", number: int, entry: "dict[str, Any]") -> Holder:
    """Write down who holds a number from now on, and give the first sign. Raises OSError, EngineFailed."""
    sealed = seal_state(entry)
    registry.save(book.layout, number, sealed)
    kept = decode(sealed.data)
    holder = book.holders[number] = judged(number, kept, book.now, book.now, True if pid_of(kept) else None)
    heartbeats.begin(*book.beat_of(holder), book.now)
    return holder


def give_up(book: "Book", holder: Holder, key: str, why: str) -> Holder:
    """Nobody holds that number any more. ``key``: ``ended_at`` or ``marked_inactive_at``. Raises OSError."""
    entry = {**holder.entry, key: times.of_epoch(book.now.wall), "why": why}
    registry.save(book.layout, holder.number, seal_state(entry))
    gone = book.holders[holder.number] = judged(holder.number, entry, book.now, book.now, None)
    gone.age = holder.age
    silence(book, holder)
    return gone


def silence(book: "Book", holder: Holder) -> None:
    """No more signs where that holder gave them, unless somebody who holds a number does. Raises OSError."""
    layout, name = book.beat_of(holder)
    if (layout.worktree, name) not in _wanted(book):
        heartbeats.end(layout, name)


def reap(book: "Book", by: str) -> list[Holder]:
    """Mark who is gone; returns them. Torn files go, and signs of nobody. Raises OSError."""
    gone = [give_up(book, one, "marked_inactive_at", one.why) for one in book.all if one.stale]
    for one in gone:
        tell(book, "session.inactive", one, by)
    for number, path in list(book.torn.items()):
        if registry.mendable(path):
            remove_files([path])
            del book.torn[number]
            tell(book, "session.mend", None, by, why="its file could not be read", path=path, number=number)
    remove_files(registry.rests(book.layout))
    _sweep(book)
    return gone


def tell(book: "Book", what: str, holder: "Holder | None", by: str, **more: "Any") -> None:
    """A line in the audit log. Raises nothing but EngineFailed."""
    told: dict[str, Any] = {"timestamp": times.of_epoch(book.now.wall), "what": what, "by": by, "why": "", "bytes": 0}
    if holder is not None:
        whose = f"{holder.agent}:{holder.session_id}" if holder.session_id else str(holder.number)
        told |= {"why": holder.why, "path": registry.path(book.layout, holder.number), "subject": whose}
        told |= {"number": holder.number, "role": holder.role}
    audit.note(book.layout, seal_state(told | more))


def _sweep(book: "Book") -> None:
    """Files for signs that belong to no holder: with one a session would think it is registered."""
    wanted = _wanted(book)
    for tree, name in heartbeats.all(book.layout):
        if (tree, name) not in wanted:
            heartbeats.end(book.layout.of(tree), name)


def _wanted(book: "Book") -> set[tuple[str, str]]:
    """(work tree, file name) of the signs of all who hold a number."""
    places = [book.beat_of(one) for one in book.all if one.held]
    return {(layout.worktree, name) for layout, name in places}
