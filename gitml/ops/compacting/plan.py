"""What a compaction will do: the new files, built aside, and the parts that go."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.git import committing, listing
from gitml.ops.compacting import tip as tips
from gitml.ops.compacting.age import cutoff, old_enough
from gitml.ops.compacting.folding import Folding, Progress, place_of
from gitml.ops.compacting.running import parts_of, running
from gitml.ops.compacting.seen_to import SeenTo
from gitml.ops.compacting.thinning import DIGESTS, Thinning
from gitml.store import tombstones

if TYPE_CHECKING:
    from gitml.ops.compacting.tip import Tip
    from gitml.ops.context import Context


class Plan:
    """``files`` {path: file with its new bytes} and their ``blobs`` {path: id}; ``gone`` {path: blob id} of the parts
    that are folded; ``parts`` their names; ``failures``: what was left alone, and why; ``thinned``: how many chats lost
    their texts; ``running``: parts of running sessions, which stay."""

    __slots__ = (
        "blobs",
        "failures",
        "files",
        "gone",
        "months",
        "parts",
        "records",
        "running",
        "sizes",
        "thinned",
        "tip",
    )

    def __init__(self, tip: Tip) -> None:
        self.tip = tip
        self.files: dict[str, str] = {}
        self.blobs: dict[str, str] = {}
        self.gone: dict[str, str] = {}
        self.parts: list[str] = []
        self.failures: list[str] = []
        self.records: dict[str, tuple[int, int]] = {}
        self.months: dict[str, list[str]] = {}
        self.sizes: dict[str, int] = {}
        self.thinned = 0
        self.running: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.files or self.gone)

    @property
    def changes(self) -> dict[str, str]:
        """{path: blob id, "" where it goes}"""
        return {**self.blobs, **dict.fromkeys(self.gone, "")}

    def to_dict(self) -> dict[str, Any]:
        """Keys: tip parts files {path: bytes} records {stream: {read, kept}} archived {stream: [month]} failures
        thinned running."""
        return {
            "tip": self.tip.commit,
            "parts": self.parts,
            "files": self.sizes,
            "records": {stream: {"read": read, "kept": kept} for stream, (read, kept) in self.records.items()},
            "archived": self.months,
            "failures": self.failures,
            "thinned": self.thinned,
            "running": self.running,
        }


class Wanted:
    """What was asked for: ``older_than`` an age or None, ``gzip``: archives compressed, ``now`` in seconds."""

    __slots__ = ("gzip", "now", "older_than")

    def __init__(self, now: float, older_than: str | None = None, gzip: bool = False) -> None:
        self.now = now
        self.older_than = older_than
        self.gzip = gzip


def plan(context: Context, commit: str, wanted: Wanted, scratch: str, progress: Progress) -> Plan:
    """Build what compacting that commit's store gives, in the empty folder ``scratch``. Nothing else is touched.

    Raises BadUsage, GitFailed, OSError, GitmlError where records are not in this clone.
    """
    limit = cutoff(context, wanted.older_than, wanted.now)
    tip = tips.read(context, commit)
    due = old_enough(tip.parts, limit)
    old = [name for name in due if name not in tip.odd]
    thinning = Thinning(context.config.get("retention.chat_bodies_days"), wanted.now)
    needed = [*_paths(tip, old), *tip.of_stream(tombstones.STREAM), *(tip.of_stream(DIGESTS) if thinning else ())]
    blobs = listing.extract(context.where.root, [tip.blobs[path] for path in needed], os.path.join(scratch, "objects"))
    stay = parts_of(running(context, wanted.now), tip, blobs, old)
    folded = [name for name in old if name not in stay]
    paths = _paths(tip, folded)
    all = sum(blobs.size(tip.blobs[path]) for path in paths)
    most = context.config.get("archive_bytes")
    seen_to = SeenTo(context.layout, tip, blobs)
    folding = Folding(
        tip, blobs, seen_to, scratch, folded, _closed(limit, stay), most, thinning,
        lambda done, _: progress(min(done, all), all),
    )  # fmt: skip
    folding.failures += [tip.odd[name] for name in due if name in tip.odd]
    folding.run(packed=wanted.gzip)
    made = _planned(context, tip, folding)
    made.running = stay
    return made


def _closed(limit: str, stay: list[str]) -> str:
    """The month before which months are closed: none is in which a part stays, which will be folded later."""
    return min([limit[:7], *(f"{name[:4]}-{name[4:6]}" for name in stay)])


def _paths(tip: Tip, parts: list[str]) -> list[str]:
    """The files of the base, and of those parts."""
    return [*tip.base.values(), *(path for name in parts for path in tip.parts[name].values())]


def _planned(context: Context, tip: Tip, folding: Folding) -> Plan:
    made = Plan(tip)
    made.parts = folding.parts
    made.failures = folding.failures
    made.thinned = folding.thinning.count
    made.gone = {path: tip.blobs[path] for path in folding.removed()}
    streams = {stream: folding.written[stream] for stream in folding.streams()}
    files = {place_of(path): file for written in streams.values() for path, file in written.files.items()}
    ids = committing.ids_of(context.where.root, list(files.values()), write=False)
    for (path, file), blob in zip(files.items(), ids, strict=True):
        if tip.blobs.get(path) != blob:
            made.files[path], made.blobs[path], made.sizes[path] = file, blob, os.path.getsize(file)
    for stream, written in streams.items():
        made.records[stream] = (folding.taken[stream], written.records)
        if written.months:
            made.months[stream] = written.months
    return made
