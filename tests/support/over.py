"""A repository whose sessions, of whatever agent, are recorded, digested, implemented and long over."""

from __future__ import annotations

import os
from pathlib import Path

from support.digesting import LATER, digested
from support.grove import cleaned, planned
from support.ingesting import fresh_repo

from gitml.ops.cleaning.apply import Done
from gitml.ops.cleaning.item import Item
from gitml.ops.context import Context
from gitml.ops.lifecycle import marking
from gitml.ops.record.sync import sync_all

KIND = ("sessions",)


class Over:
    """One repository at ``root``, below the home of the test. ``now``: long after any last word."""

    def __init__(self, root: Path) -> None:
        self.context: Context = fresh_repo(root)
        self.root = root.resolve()
        self.home = Path(os.environ["HOME"]).resolve()
        self.marked = 0

    def ready(self, *session_ids: str) -> None:
        """Take everything in, and bring these to where they may go."""
        self.sync()
        digested(self.context, LATER)
        for session_id in session_ids:
            self.marked += 1
            record = marking.plan(
                self.context, session_id, "implemented", LATER + self.marked, force=True, by="a person"
            )
            if record is not None:
                marking.apply(self.context, record)

    def sync(self) -> None:
        assert sync_all(self.context).errors == []

    def items(self) -> dict[str, Item]:
        """By the path of the main file, from the home on."""
        made = planned(self.context, KIND, 0.0, LATER)
        assert made.failures == []
        return {os.path.relpath(item.path, self.home): item for item in made.items}

    def why(self, path: Path) -> str:
        """Why a session stays; "" where it goes."""
        item = self.items()[os.path.relpath(path, self.home)]
        return "" if item.goes else item.why

    def clean(self) -> Done:
        return cleaned(self.context, KIND, 0.0, LATER)

    def gone(self) -> list[str]:
        """Clean; the ids of what went. What was foretold was freed, to the byte."""
        foretold = planned(self.context, KIND, 0.0, LATER).freed().get("sessions", 0)
        before = tree(self.home)
        done = self.clean()
        assert done.failures == [] and done.freed("sessions") == foretold
        assert bool(done.gone) == (before != tree(self.home))
        return sorted(item.subject for item in done.gone)


def tree(folder: Path) -> list[str]:
    """Every path below a folder."""
    return sorted(os.path.relpath(path, folder) for path in folder.rglob("*"))
