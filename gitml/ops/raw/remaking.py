"""What becomes of a raw copy that is damaged: it is captured again, or what can be read of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.agents import registry
from gitml.errors import Damaged
from gitml.ops.digesting.sources import source_of
from gitml.ops.raw.capture import capture
from gitml.ops.raw.session import missing
from gitml.redact.gate import seal_state
from gitml.store.files import remove_files
from gitml.store.raw import kept, manifests, reading

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest


def remake(context: Context, path: str) -> None:
    """Mend the copy whose manifest is at ``path``. From its transcript where that is there whole; else the pieces that
    can be read stay, and ``damage`` counts the lines of the others. Raises Busy, OSError, EngineFailed.

    A manifest that cannot be read goes: nothing else knows what its pieces were of. A sync captures what is there.
    """
    try:
        copy = manifests.read(path)
    except Damaged:
        remove_files([path])
        return
    if registry.knows(copy["agent"]):
        found = source_of(context, copy)
        if found is not None and not missing(copy, found[1]):
            remove_files([path])
            if capture(context, found[0], copy["agent"], copy["session_id"], found[1]):
                return
    _salvage(context, copy)


def _salvage(context: Context, copy: Manifest) -> None:
    session_id = str(copy["session_id"]).encode()
    lost = 0
    files = []
    for file in copy["files"]:
        whole = [segment for segment in file["segments"] if _reads(context, segment, session_id)]
        lost += sum(segment[4] for segment in file["segments"] if segment not in whole)
        files.append({**file, "segments": whole})
    made = {**copy, "files": files, "damage": copy["damage"] + lost}
    count, digest = reading.summed(context.layout, made)
    made |= {"raw_bytes": count, "raw_sha256": digest}
    kept.publish(context.layout, made, seal_state(made))


def _reads(context: Context, segment: list[Any], session_id: bytes) -> bool:
    try:
        reading.block_of(context.layout, segment, session_id)
    except Damaged:
        return False
    return True
