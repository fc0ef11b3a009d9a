"""Checks of evictions: what is gone has a digest, or a record of the loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.ops.reading import views
from gitml.ops.verifying.finding import WARNING, Finding
from gitml.store import tombstones
from gitml.store.raw import manifests

if TYPE_CHECKING:
    from gitml.ops.verifying.finding import Subject

CHECK = "evicted"


def evicted(subject: Subject) -> Iterator[Finding]:
    """Of every copy that was evicted in this clone. A session that was forgotten has no digest any more."""
    context = subject.context
    gone = [copy for copy in manifests.every(context.layout) if "evicted" in copy]
    if not gone:
        return
    told = {record.get("session_id") for record in views.records(context, "digests")}
    told |= {
        record.get("session_id") for record in views.records(context, "lifecycle") if record.get("to") == "data_loss"
    }
    told |= {target for stream, target in tombstones.load(context.layout).pairs if stream == "*"}
    for copy in gone:
        if copy["session_id"] not in told:
            path = manifests.path_of(context.layout, copy["agent"], copy["session_id"])
            yield Finding(CHECK, WARNING, path, "evicted, and neither a digest nor a record of the loss is here")
