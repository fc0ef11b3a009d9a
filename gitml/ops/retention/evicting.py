"""Evicting raw copies, and telling of it: first what is about to be done is written down, then the records of it are
durable, then the copies go. What a kill leaves is finished by the next sweep, whatever policy that has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from gitml.errors import Damaged
from gitml.model.times import of_epoch
from gitml.ops.lifecycle.stages import AUTOMATIC
from gitml.ops.raw.evicting import evict_all
from gitml.ops.reading import views
from gitml.ops.redacting.gates import gate_of
from gitml.redact.gate import seal_state
from gitml.store import spool
from gitml.store.files import read_bytes, remove_files, write_atomic
from gitml.store.lock import hold
from gitml.store.raw import kept, manifests

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.retention.held import Held
    from gitml.ops.retention.plan import Choice

Record = dict[str, Any]
Item = dict[str, Any]
"""One eviction: agent, session_id, sha256 and pieces of the copy that is meant, records that tell of it."""

AT_ONCE = 50
"""Sessions evicted under one lock, so that hooks wait for milliseconds."""

JOURNAL = "evicting.json"


def apply(context: Context, choices: Sequence[Choice], now: float) -> tuple[list[str], int]:
    """Evict what a plan says, in its order: (the ids of the sessions that went, bytes freed). A copy that became
    another one meanwhile stays. Raises Busy, OSError; what was done until then stands."""
    gone: list[str] = []
    freed = 0
    for start in range(0, len(choices), AT_ONCE):
        items = [_item(choice, now) for choice in choices[start : start + AT_ONCE]]
        with hold(context.layout.lock):
            meant = _meant(context, items)
            items = [{**item, "pieces": sorted(set(manifests.pieces(copy)))} for item, copy in meant]
            write_atomic(_journal(context), seal_state(items).data, 0o600)
            freed += _carry_out(context, items)
        gone += [item["session_id"] for item in items]
    return gone, freed


def finish(context: Context) -> list[str]:
    """Carry out what an earlier sweep began. Returns the ids of the sessions that were to go. Raises as ``apply``."""
    with hold(context.layout.lock):
        try:
            items = json.loads(read_bytes(_journal(context)))
        except FileNotFoundError:
            return []
        _carry_out(context, items)
    return [item["session_id"] for item in items]


def _journal(context: Context) -> str:
    return os.path.join(context.layout.raw, JOURNAL)


def _item(choice: Choice, now: float) -> Item:
    held = choice.held
    agent, _, session_id = held.uid.partition(":")
    told = [_record(held, "data_loss", held.flaw, now)] * choice.loss + [_record(held, "evicted", choice.why, now)]
    return {"agent": agent, "session_id": session_id, "sha256": held.sha256, "records": told}


def _record(held: Held, fact: str, why: str, now: float) -> Record:
    """The id names the copy: it is one record, however often it is written, and another one for what grew since."""
    return {
        "id": f"{fact}-{held.session_id}-{held.sha256[:12]}",
        "timestamp": of_epoch(now),
        "session_id": held.session_id,
        "from": held.stage,
        "to": fact,
        "by": AUTOMATIC,
        "notes": why,
    }


def _carry_out(context: Context, items: Sequence[Item]) -> int:
    """Under the lock, with the journal in place. Returns the bytes freed."""
    meant = _meant(context, items)
    _tell(context, [record for item, _ in meant for record in item["records"]])
    freed = evict_all(context, [copy for _, copy in meant])
    freed += kept.clear(context.layout, [piece for item in items for piece in item["pieces"]])
    remove_files([_journal(context)])
    return freed


def _meant(context: Context, items: Iterable[Item]) -> list[tuple[Item, Record]]:
    """Each with the manifest of its copy; those are left out whose copy is gone, or another one by now."""
    found = [(item, _copy(context, item)) for item in items]
    return [(item, copy) for item, copy in found if copy is not None and copy.get("raw_sha256") == item["sha256"]]


def _copy(context: Context, item: Item) -> Record | None:
    try:
        return manifests.load(context.layout, item["agent"], item["session_id"])
    except Damaged:
        return None


def _tell(context: Context, records: Sequence[Record]) -> None:
    if not records:
        return
    known = {record.get("id") for record in views.records(context, "lifecycle")}
    gate = gate_of(context)
    spool.append(context.layout, [gate.seal("lifecycle", record) for record in records if record["id"] not in known])
