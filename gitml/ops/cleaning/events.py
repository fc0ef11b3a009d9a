"""The audit log: ``events/``, a file a day, each gone as a whole once its last line is old enough.

Today's stays whatever is asked: it is what tells of this cleaning.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.ops.cleaning.aged import Aged
from gitml.store import audit

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Item
    from gitml.ops.context import Context


class Events(Aged):
    """The type."""

    def stays(self, name: str, now: float) -> str:
        """Files of others, and the day that is written to, or is still to come: a clock went back."""
        if not audit.is_day(name):
            return "not one of the audit log's files"
        return "today's is written to" if name >= audit.today(now) else ""

    def take(self, context: Context, item: Item) -> int:
        """One that is not today's by now. Raises GitmlError, Changed, OSError."""
        why = self.stays(item.subject, time.time())
        if why:
            raise GitmlError(why, where=item.path)
        return super().take(context, item)


EVENTS = Events("events")
