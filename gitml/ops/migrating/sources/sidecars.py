"""Lifecycle stages kept beside transcripts: ``<session>.jsonl.lifecycle.json``, as transitions of ``lifecycle``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from gitml.ops.lifecycle.stages import STAGES, by_hand, rank
from gitml.ops.lifecycle.standing import fold
from gitml.ops.migrating.refs import Unreadable, checked, parsed_file
from gitml.ops.migrating.report import Report
from gitml.ops.migrating.shape.clock import read
from gitml.ops.migrating.shape.old import Old, Record
from gitml.ops.migrating.shape.record import MARK
from gitml.store.files import entries

SOURCE = "sidecars"
SUFFIX = ".jsonl.lifecycle.json"
BY = "migrated"
WHEN = {
    "raw": "created_at", "analyzed": "analyzed_at", "insights_generated": "insights_generated_at",
    "implemented": "implemented_at",
}  # fmt: skip
NOTES = {"insights_generated": "insights_summary", "implemented": "implementation_notes"}
DEEPEST = 8


def below(folder: str, report: Report, depth: int = 0) -> Iterator[str]:
    """Every sidecar in a folder. No link is followed."""
    for entry in entries(folder):
        if entry.is_symlink():
            if entry.name.endswith(SUFFIX):
                report.bad(entry.path, 0, "a symbolic link, not followed")
        elif entry.is_dir(follow_symlinks=False):
            if depth >= DEEPEST:
                report.notes.append(f"{entry.path}: not looked into, deeper than {DEEPEST} folders")
            elif entry.name != ".git":
                yield from below(entry.path, report, depth + 1)
        elif entry.name.endswith(SUFFIX):
            yield entry.path


def session_of(path: str) -> str:
    """The session a sidecar is of, by its own name: what it says in ``session_file`` may be of another machine."""
    return os.path.basename(path)[: -len(SUFFIX)]


def transitions(path: str, report: Report) -> list[Record]:
    """The transitions that a sidecar stands for."""
    report.files[SOURCE] += 1
    try:
        value = checked(parsed_file(path)[0])
    except (Unreadable, OSError) as error:
        report.bad(path, 0, str(error) if isinstance(error, Unreadable) else f"cannot be read: {error.strerror}")
        return []
    stage = value.get("lifecycle_stage")
    if stage is not None and rank(stage) < 0:
        report.bad(path, 0, f"`{stage}` is no stage")
        return []
    made = _made(session_of(path), value)
    if not made:
        report.bad(path, 0, "no time of any stage")
    report.records[SOURCE] += len(made)
    return made


def _made(session_id: str, value: Record) -> list[Record]:
    """Transitions by time. The stage it names is the one they lead to, by force if they would not."""
    times = {stage: read(value.get(key)) for stage, key in WHEN.items()}
    dated = {stage: when for stage, (when, _) in times.items() if when}
    named = value.get("lifecycle_stage") or (max(dated, key=rank) if dated else STAGES[0])
    if not dated:
        return []
    if named not in dated:
        dated[named] = max(dated.values())
    steps = sorted(dated, key=lambda stage: (dated[stage], rank(stage)))
    made: list[Record] = []
    before = STAGES[0]
    for stage in steps:
        if stage == STAGES[0] and made:
            continue  # created after it was analyzed: a file that was copied
        came = before if made or stage != STAGES[0] else None
        odd = came is not None and rank(stage) != rank(came) + 1
        notes = _text(value.get(NOTES.get(stage, "")))
        made.append(by_hand(session_id, came, stage, dated[stage], BY, notes, odd))
        before = stage
    if fold(made)[session_id].stage != named:
        last = max(dated.values())
        made.append(by_hand(session_id, before, named, last, BY, "", True))
    return _with_rest(made, value, dated, any(not zoned for when, zoned in times.values() if when))


def _with_rest(made: list[Record], value: Record, dated: dict[str, str], unzoned: bool) -> list[Record]:
    """What else the file says rides on its first transition."""
    used = {"lifecycle_stage", *WHEN.values(), *(NOTES[stage] for stage in dated if stage in NOTES)}
    rest = {key: one for key, one in Old(value).left.items() if key not in used and one not in (None, "")}
    rest = {f"old_{key}" if key in made[0] else key: one for key, one in rest.items()}
    marked = [{**record, MARK: True, **({"unzoned": True} if unzoned else {})} for record in made]
    marked[0] = {**marked[0], **rest}
    return marked


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
