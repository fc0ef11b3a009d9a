"""The types there are, in the order in which they are cleaned. One line a type, and a module that fills ``Kind``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from gitml.ops.cleaning.item import Item, Wanted
    from gitml.ops.context import Context

    class Kind(Protocol):
        """One type. A module may have more: ``places(context) -> list[str]``, the files and folders whose ``du`` is
        what the type takes, where that is more than its items, and ``take_all(context, items) -> list[int |
        Exception]``, for what is dear to take one at a time."""

        def look(self, context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
            """Everything of the type, what goes in the order in which it goes. Raises BadUsage, GitmlError, OSError."""

        def take(self, context: Context, item: Item) -> int:
            """Delete it, under the store's lock, and return the bytes that freed; what is gone already is as good.
            Looks again at all that made it go. Raises GitmlError, OSError where it stays."""


KINDS: dict[str, tuple[str, str]] = {
    "events": ("gitml.ops.cleaning.events:EVENTS", "The audit log, by day."),
    "logs": ("gitml.ops.cleaning.aged:LOGS", "gitml's own logs."),
    "dlq": ("gitml.ops.cleaning.aged:DLQ", "Lines that could not be recorded."),
    "state": ("gitml.ops.cleaning.state", "What sessions, work trees and processes left that are gone."),
    "raw": ("gitml.ops.cleaning.raw", "Raw copies of transcripts, by the retention policy."),
    "sessions": ("gitml.ops.cleaning.sessions", "Agents' own transcripts of sessions that are done with."),
    "worktrees": ("gitml.ops.cleaning.worktrees", "Agents' work trees that are merged and pushed."),
}
"""{type: (module, or object in a module, that fills ``Kind``; what it is)}"""


def load(kind: str) -> Kind:
    """What fills a type. Raises KeyError for what is none."""
    from importlib import import_module

    module, _, name = KINDS[kind][0].partition(":")
    found = import_module(module)
    filled: Kind = getattr(found, name) if name else found
    return filled
