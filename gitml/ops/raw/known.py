"""Which raw copies there are: by session, as digests state them, and those that are behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.ops.record.running import find_session
from gitml.store import cursors
from gitml.store.raw import manifests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest

SAME = ("path", "inode", "size", "mtime")


def copies(context: Context) -> dict[str, Manifest]:
    """{session_uid: manifest} of every raw copy that can be read. Raises OSError."""
    every = manifests.every(context.layout)
    return {f"{copy['agent']}:{copy['session_id']}": copy for copy in every if "evicted" not in copy}


def stated(copy: Manifest) -> dict[str, Any]:
    """{raw_bytes, raw_sha256}, as a digest states them."""
    return {"raw_bytes": copy["raw_bytes"], "raw_sha256": copy["raw_sha256"]}


def behind(context: Context, running: str) -> Iterator[tuple[Adapter, Source]]:
    """Sessions whose transcripts were read further than they were captured, and are still there; not the ``running``
    one. Told by cursors and manifests, so that no transcript is looked for which is as it was."""
    known = {(copy["agent"], copy["session_id"]): copy for copy in manifests.every(context.layout)}
    for agent, session_id, cursor in cursors.all(context.layout):
        copy = known.get((agent, session_id))
        if session_id == running or (copy is not None and _is_up_to(copy, cursor)):
            continue
        try:
            found = find_session(agent, session_id)
        except KeyError:
            continue
        if found is not None:
            yield found


def _is_up_to(copy: Manifest, cursor: dict[str, Any]) -> bool:
    agents = cursor.get("agents")
    places = [cursor.get("main"), *(agents.values() if isinstance(agents, dict) else ())]
    if "evicted" in copy:
        return sum(int(place["size"]) for place in places if isinstance(place, dict)) <= int(copy["evicted"])
    if copy["rules"] != cursor.get("rules") or copy["secrets"] != cursor.get("secrets"):
        return False
    marks = {file["source"].get("path"): file["source"] for file in copy["files"]}
    return all(_same(marks.get(place["path"]), place) for place in places if isinstance(place, dict))


def _same(mark: Any, place: dict[str, Any]) -> bool:
    return isinstance(mark, dict) and all(mark.get(key) == place.get(key) for key in SAME)
