"""Local state with things of every age in it, and cleanings of it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from gitml.ops.cleaning.apply import Done, apply
from gitml.ops.cleaning.item import Wanted
from gitml.ops.cleaning.plan import Plan, plan
from gitml.ops.context import Context
from gitml.store import audit
from gitml.store.footprint import Survey

DAY = 86_400.0


def put(context: Context, name: str, days: float, data: bytes = b"something\n") -> Path:
    """A file below the local state that was changed so many days ago."""
    path = Path(context.layout.local) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return aged(path, days)


def aged(path: Path, days: float) -> Path:
    """The file, changed so many days ago."""
    then = time.time() - days * DAY
    os.utime(path, (then, then), follow_symlinks=False)
    return path


def planned(context: Context, *kinds: str, older_than: float | None = None) -> Plan:
    """What goes now; it fails the test where a type could not be looked at."""
    made = plan(context, Wanted(kinds, older_than), time.time())
    assert made.failures == []
    return made


def carried_out(context: Context, made: Plan) -> Done:
    return apply(context, made, "gitml clean", lambda *told: None)


def cleaned(context: Context, *kinds: str, older_than: float | None = None) -> Done:
    """Plan and apply: what the plan said is what was freed, where nothing failed."""
    made = planned(context, *kinds, older_than=older_than)
    done = carried_out(context, made)
    if not done.failures:
        assert [(item.subject, item.bytes) for item in done.gone] == [(item.subject, item.bytes) for item in made.going]
    return done


def names(done: Done) -> list[str]:
    """What went."""
    return [item.subject for item in done.gone]


def why(made: Plan, subject: str) -> str:
    """Why a thing goes or stays; it must be in the plan once."""
    (found,) = [item for item in made.items if item.subject == subject]
    return ("goes: " if found.goes else "stays: ") + found.why


def du(*paths: Path | str) -> int:
    """Bytes on disk, as ``du`` has it."""
    survey = Survey()
    return sum(survey.size(str(path)) for path in paths)


def told(context: Context) -> list[str]:
    """What the audit log says went, or was about to."""
    return [
        line["path"]
        for line in audit.read(context.layout)
        if str(line["what"]).startswith("clean.") and line["what"] != "clean.end" and "failed" not in line
    ]
