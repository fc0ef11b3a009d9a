"""Who is active: what every command asks that takes something away."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gitml.model.jsonl import decode, encode
from gitml.ops.registry.book import Book
from gitml.ops.registry.holder import Holder
from gitml.store.heartbeats import moment_at, name_of

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.layout import Layout


class Roster:
    """``holders``: of every number, by number. Active here means that the number is taken: neither ended, nor marked
    inactive, nor gone without having been marked yet."""

    __slots__ = ("_at", "holders")

    def __init__(self, holders: list[Holder], here: Book | None = None) -> None:
        self.holders = holders
        self._at = {one.number: _folders(one, here is None or here.near(one.entry)) for one in holders if one.held}

    @property
    def active(self) -> list[Holder]:
        """Who holds a number now."""
        return [holder for holder in self.holders if holder.held]

    def active_session(self, agent: str, session_id: str) -> bool:
        """Whether that session of that agent holds a number."""
        key = name_of(agent, session_id)
        return any(one.key == key for one in self.active)

    def active_record(self, session: dict[str, Any]) -> bool:
        """Whether the session that a record is about holds a number."""
        agent, _, session_id = str(session.get("session_uid") or "").partition(":")
        return self.active_session(agent, session_id)

    def active_in(self, folder: str) -> Holder | None:
        """Who is active in a folder: its work tree is that folder, or it works somewhere below it."""
        top = _plain(folder)
        return next((one for one in self.active if any(_within(at, top) for at in self._at[one.number])), None)


def roster(opened: Context | Layout, now: float) -> Roster:
    """The registry of a clone as it is at ``now``, in seconds since 1970. Reads two small files a holder; changes
    nothing. Raises OSError where the folder cannot be listed."""
    layout = opened if not hasattr(opened, "layout") else opened.layout
    book = Book(layout, moment_at(now))
    return Roster(book.all, book)


def _folders(holder: Holder, near: bool) -> list[str]:
    """Where a holder works: its work tree, where it was when it registered, where its process is now."""
    found = [holder.worktree, holder.cwd]
    if holder.pid and near:
        with suppress(OSError):  # a system without /proc
            found.append(os.readlink(f"/proc/{holder.pid}/cwd"))
    return [_plain(path) for path in found if path]


def _plain(path: str) -> str:
    """Without links, and as an entry can say it: not every name of a file is text."""
    with suppress(OSError, ValueError):
        path = os.path.realpath(path)
    return str(decode(encode(path)))


def _within(path: str, top: str) -> bool:
    """Of a path that was taken for a secret nobody knows where it is."""
    return path == top or path.startswith(os.path.join(top, "")) or "[redacted:" in path
