"""Repositories with recorded sessions, to make digests of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.ingesting import fresh_repo, take
from support.transcript import Transcript

from gitml.ops.context import Context, open_at
from gitml.ops.digesting import plan as digesting
from gitml.ops.digesting.plan import Report
from gitml.store.fold import fold

Record = dict[str, Any]
LATER = 1_800_000_000.0
"""2027-01-15, long after every made-up session."""


def recorded(folder: Path, *made: Transcript) -> Context:
    """A fresh repository that has taken these sessions in from ``folder``/projects."""
    context = fresh_repo(folder / "repo")
    for each in made:
        each.write(folder / "projects")
        take(context, folder / "projects", each.session_id)
    return context


def digested(context: Context, now: float = LATER, **options: Any) -> Report:
    """Plan and apply; fails the test where a session fails."""
    report = digesting.apply(context, digesting.plan(context, now, **options), now)
    assert report.errors == []
    return report


def one(context: Context) -> Record:
    """The only digest there is."""
    (line,) = fold(context.layout, "digests").lines
    digest: Record = json.loads(line)
    return digest


def configured(context: Context, text: str) -> Context:
    """The same repository with a config."""
    path = Path(context.layout.config)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return open_at(context.where.root)
