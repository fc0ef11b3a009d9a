"""``gitml migrate``: what older layouts hold, into the spool."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitml.model.sealed import Sealed
from gitml.ops.health import history
from gitml.ops.health.place import history_of
from gitml.ops.migrating import moving, noticing, places
from gitml.ops.migrating.gathering import Progress, gather
from gitml.ops.migrating.places import Places
from gitml.ops.migrating.report import Report
from gitml.ops.migrating.sealing import Sealing
from gitml.ops.migrating.sources import disks, sidecars
from gitml.ops.migrating.sources.files import counted
from gitml.ops.migrating.taking import Taking
from gitml.ops.redacting.gates import gate_of
from gitml.redact.gate import seal_state
from gitml.store import spool

if TYPE_CHECKING:
    from gitml.ops.context import Context


@dataclass(slots=True)
class Wanted:
    """``folder``: where to look instead of this work tree, "" for here · ``now`` in seconds since 1970 · ``environ`` ·
    ``dry_run``: count, and change nothing."""

    now: float
    environ: Mapping[str, str]
    folder: str = ""
    dry_run: bool = False


def migrate(context: Context, wanted: Wanted, progress: Progress = lambda done, all: None) -> Report:
    """Take in what is there. Run twice it does the same as once; stopped halfway, the next run does the rest.

    ``progress`` is called with (steps done, all of them: each file is read twice). Raises NothingHere for a folder
    that is none, Busy, OSError, GitFailed, EngineFailed: then nothing more is written.
    """
    report = Report()
    where = _places(context, wanted, report)
    if where.own:
        _shared(context, where, report, wanted.dry_run)
    gate = gate_of(context)
    expected = counted(where.data)
    found = gather(where, gate, report, lambda done, _: progress(done, 2 * max(done, expected)))
    lifecycle = [record for path in where.sidecars for record in sidecars.transitions(path, report)]
    report.secrets = _counted(found.secrets)
    taking = Taking(context, found, Sealing(gate, found.secrets), report)
    for lines in taking.batches(lambda done, all: progress(expected + expected * done // max(all, 1), 2 * expected)):
        _append(context, lines, wanted.dry_run)
    _append(context, taking.transitions(lifecycle), wanted.dry_run)
    _disks(context, where, wanted, report)
    if where.own and not wanted.dry_run:
        noticing.seen(context.layout)
    report.clean(gate.vault.clean)
    return report


def _places(context: Context, wanted: Wanted, report: Report) -> Places:
    if wanted.folder:
        return places.of_folder(context, wanted.folder, wanted.environ, report)
    return places.of_repository(context, wanted.environ, report)


def _shared(context: Context, where: Places, report: Report, dry_run: bool) -> None:
    """Shared files of the store itself: moved first; where they cannot be, they are not taken in."""
    waiting = moving.waiting(context.layout)
    report.refused = moving.refusal(context) if waiting else ""
    if report.refused:
        report.unmoved = sorted(waiting)
    elif dry_run:
        report.moved, where.unmoved = waiting, sorted(waiting)
    elif (waiting or os.path.isdir(where.shared[0])) and not moving.refusal(context):
        report.moved = moving.move(context)


def _append(context: Context, lines: list[Sealed], dry_run: bool) -> None:
    if lines and not dry_run:
        spool.append(context.layout, lines)


def _disks(context: Context, where: Places, wanted: Wanted, report: Report) -> None:
    path = history_of(context.layout, wanted.environ)
    found = [record for one in where.disks for record in disks.snapshots(one, report)]
    if path is None or not found:
        return
    sealed = [seal_state(record) for record in found]
    report.snapshots = history.merge(path, sealed, wanted.now, dry_run=wanted.dry_run)


def _counted(secrets: dict[str, str]) -> dict[str, int]:
    kinds = sorted(secrets.values())
    return {kind: kinds.count(kind) for kind in kinds}
