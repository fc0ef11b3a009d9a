"""Taking a number, giving it up. The hook path imports this, where no sign can be given without it."""

from gitml.errors import BadUsage, GitmlError
from gitml.git import head
from gitml.model import times
from gitml.ops.registry import keeping
from gitml.ops.registry.book import Book
from gitml.ops.registry.caller import own
from gitml.ops.registry.holder import TIMEOUT, text_of
from gitml.store import heartbeats, registry
from gitml.store.heartbeats import moment
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.ops.context import Context
    from gitml.ops.registry.caller import Caller
    from gitml.ops.registry.holder import Holder
    from gitml.store.heartbeats import Moment

VERSION = 1
ROLE, GOAL = 200, 2000
"""Characters that are kept of each."""
LOCK_SECONDS = 10.0
EVENTS = {"registered": "session.register", "changed": "session.change", "taken_over": "session.takeover"}
"""What the audit log calls it."""


class Asked:
    """What was asked for: ``number`` 0 for the lowest free one, ``role`` and ``goal``, "" where nothing was said;
    ``otherwise``: the role where nobody has said one; ``cwd``; ``by``: the command or hook."""

    __slots__ = ("by", "cwd", "goal", "number", "otherwise", "role")

    def __init__(self, by: str, cwd: str, number: int = 0, role: str = "", goal: str = "", otherwise: str = "") -> None:
        self.by = by
        self.cwd = cwd
        self.number = number
        self.role = " ".join(role.split())[:ROLE]
        self.goal = " ".join(goal.split())[:GOAL]
        self.otherwise = otherwise


class Registered:
    """``holder``: who one is now · ``what`` became of it: registered, unchanged, changed, taken_over · ``before``: who
    had the number · ``reaped``: who was found gone."""

    __slots__ = ("before", "holder", "reaped", "what")

    def __init__(self, holder: "Holder", what: str, before: "Holder | None", reaped: "list[Holder]") -> None:
        self.holder = holder
        self.what = what
        self.before = before
        self.reaped = reaped


def register(
    context: "Context", caller: "Caller", asked: Asked, timeout: float = LOCK_SECONDS, now: "Moment | None" = None
) -> Registered:
    """Take the number that was asked for, one's own, or the lowest free one, after who is gone was marked so.

    Raises GitmlError where another holds the number, Busy, OSError, EngineFailed.
    """
    layout = context.layout
    with hold(layout.lock, timeout):
        book = Book(layout, now or moment())
        reaped = keeping.reap(book, asked.by)
        mine = _own(book, caller, asked)
        mine = mine[:1] if caller.by_hand else mine
        number = asked.number or (mine[0].number if mine else _free(book))
        before = book.holders.get(number)
        if before is not None and before.held and before not in mine:
            raise _taken(before)
        if number in book.torn:
            raise GitmlError(f"number {number} cannot be given out", where=book.torn[number], hint="gitml verify")
        entry = {"number": number, **_entry(context, caller, asked, book, mine[0] if mine else None, before)}
        return _put(book, number, entry, asked, mine, reaped)


def end(
    context: "Context",
    caller: "Caller",
    by: str,
    number: int = 0,
    timeout: float = LOCK_SECONDS,
    now: "Moment | None" = None,
) -> "list[Holder]":
    """Give up one's own number, or ``number``, whoever has it. Returns who is inactive by this; none where nobody held
    it. Raises BadUsage where it is not clear which, Busy, OSError, EngineFailed."""
    with hold(context.layout.lock, timeout):
        book = Book(context.layout, now or moment())
        mine = [book.holders[number]] if number in book.holders else []
        found = mine if number else _own(book, caller)
        if caller.by_hand and len(found) > 1:
            several = ", ".join(one.named() for one in found)
            raise BadUsage(f"several of yours are registered here: {several}", hint="gitml session end --number N")
        ended = [keeping.give_up(book, one, "ended_at", "ended") for one in found if one.held or one.stale]
        for one in ended:
            keeping.tell(book, "session.end", one, by)
        return ended


def reap(
    context: "Context", by: str, seconds: float = TIMEOUT, dry_run: bool = False, now: "Moment | None" = None
) -> "tuple[list[Holder], Book]":
    """Mark who gave no sign for so long. Returns (who, or who it would be; the registry afterwards). Raises as ``end``
    does; a dry run takes no lock."""
    if dry_run:
        book = Book(context.layout, now or moment(), seconds)
        return [one for one in book.all if one.stale], book
    with hold(context.layout.lock, LOCK_SECONDS):
        book = Book(context.layout, now or moment(), seconds)
        return keeping.reap(book, by), book


def _own(book: Book, caller: "Caller", asked: "Asked | None" = None) -> "list[Holder]":
    near = [one.number for one in book.all if book.near(one.entry)]
    role, number = (asked.role, asked.number) if asked is not None else ("", 0)
    return own(caller, book.all, book.layout.worktree, near, role, number)


def _free(book: Book) -> int:
    held = {one.number for one in book.all if one.held} | set(book.torn)
    return next(number for number in range(1, registry.MOST + 2) if number not in held)


def _taken(holder: "Holder") -> GitmlError:
    what = f"number {holder.named()} is taken: {holder.state}, in {holder.worktree}"
    return GitmlError(what, hint="gitml session register takes the lowest free one; gitml session list shows them")


def _entry(
    context: "Context", caller: "Caller", asked: Asked, book: Book, mine: "Holder | None", before: "Holder | None"
) -> "dict[str, Any]":
    """What a number's file will say, but for the number. Keys: v agent session_id key pid started place role goal user
    tree worktree cwd branch by beat registered_at ended_at marked_inactive_at why."""
    stays = mine is not None and mine.held
    old = mine.entry if mine is not None and stays else {}
    branch = head.worked_on(context.where.git_dir)
    role, goal = _work(asked, mine, before if asked.number else None)
    process = {"pid": caller.pid or None, "started": caller.started, "place": book.place}
    kept = {key: old.get(key) for key in process} if old and not caller.pid else process
    return {
        "v": VERSION,
        "agent": caller.agent or text_of(old, "agent"),
        "session_id": caller.session_id or text_of(old, "session_id"),
        "key": caller.key or text_of(old, "key"),
        **kept,
        "role": role or branch or caller.agent,
        "goal": goal,
        "user": caller.user,
        "tree": context.layout.worktree,
        "worktree": context.where.root,
        "cwd": asked.cwd,
        "branch": branch,
        "by": text_of(old, "by") or asked.by,
        "beat": {"wall": book.now.wall, "steady": book.now.steady, "boot": book.now.boot},
        "registered_at": (text_of(old, "registered_at") if before is mine else "") or times.of_epoch(book.now.wall),
        "ended_at": None,
        "marked_inactive_at": None,
        "why": "",
    }


def _work(asked: Asked, mine: "Holder | None", before: "Holder | None") -> "tuple[str, str]":
    """(role, goal): what was said; else, of a number that was asked for, what it stood for; else one's own."""
    left = before if before is not None and not asked.role else mine
    role = asked.role or (left.role if left else "") or (mine.role if mine else "") or asked.otherwise
    return role, asked.goal or (left.goal if left else "")


def _put(
    book: Book, number: int, entry: "dict[str, Any]", asked: Asked, mine: "list[Holder]", reaped: "list[Holder]"
) -> Registered:
    before = book.holders.get(number)
    own = before is not None and before in mine and before.held
    held = [one for one in mine if one.held]
    if before is not None and own and held == [before] and _same(before.entry, entry):
        heartbeats.begin(*book.beat_of(before), book.now)
        return Registered(before, "unchanged", before, reaped)
    holder = keeping.put(book, number, entry)  # first: at no instant may somebody who reads find the session gone
    for one in held:
        if one.number != number:
            keeping.tell(book, "session.end", keeping.give_up(book, one, "ended_at", f"moved to {number}"), asked.by)
        else:
            keeping.silence(book, one)  # it may give its signs in another work tree from now on
    took = bool(asked.number and before is not None and before not in mine and not asked.role)
    what = "changed" if own else "taken_over" if took else "registered"
    keeping.tell(book, EVENTS[what], holder, asked.by)
    return Registered(holder, what, before, reaped)


def _same(old: "dict[str, Any]", new: "dict[str, Any]") -> bool:
    return {**old, "beat": None} == {**new, "beat": None}
