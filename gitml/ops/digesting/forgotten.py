"""How much of each session was forgotten: a digest that knows of less has to be made again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gitml.ops.reading import views

if TYPE_CHECKING:
    from gitml.ops.context import Context


def forgotten(context: Context) -> Counter[str]:
    """{session_id: its tombstones}."""
    graves = (record for record in views.records(context, "lifecycle") if record.get("to") == "tombstone")
    return Counter(str(grave.get("session_id")) for grave in graves)
