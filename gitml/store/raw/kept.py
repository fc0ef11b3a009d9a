"""Which raw copies there are, what they take, and taking one away."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from gitml.errors import Busy, Damaged
from gitml.store.files import TEMPORARY, entries, remove_files
from gitml.store.lock import hold
from gitml.store.raw import manifests, objects

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gitml.model.sealed import Sealed
    from gitml.store.layout import Layout
    from gitml.store.raw.manifests import Manifest

UNPACKED = "unpacked-"
"""How the name of a folder begins in which a copy is unpacked for a while."""

AGE = 3600.0
"""Seconds in which a piece that nothing names may still be of a capture that is at work."""


class Kept:
    """One raw copy. ``raw_bytes`` and ``raw_sha256`` of its redacted text · ``sizes`` {piece: bytes} · ``own_bytes``:
    what its pieces take on disk that no other session has, which is what goes when it is dropped · ``shared_bytes``:
    the others · ``updated_at``: the latest time in its text, its last activity, "" where it says none."""

    __slots__ = (
        "agent",
        "manifest",
        "own_bytes",
        "raw_bytes",
        "raw_sha256",
        "session_id",
        "shared_bytes",
        "sizes",
        "updated_at",
    )

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.agent = str(manifest["agent"])
        self.session_id = str(manifest["session_id"])
        self.raw_bytes = int(manifest["raw_bytes"])
        self.raw_sha256 = str(manifest["raw_sha256"])
        self.updated_at = str(manifest["updated_at"])
        self.sizes: dict[str, int] = {}
        self.own_bytes = 0
        self.shared_bytes = 0

    @property
    def uid(self) -> str:
        """``<agent>:<its own id>``, as sessions and digests have it."""
        return f"{self.agent}:{self.session_id}"

    @property
    def source_bytes(self) -> int:
        """Bytes of the session's files at their source that were captured."""
        return captured(self.manifest)

    @property
    def stated(self) -> dict[str, Any]:
        """{raw_bytes, raw_sha256}, as a digest states them."""
        return {"raw_bytes": self.raw_bytes, "raw_sha256": self.raw_sha256}


def captured(manifest: Manifest) -> int:
    """Bytes of the source that a manifest stands for."""
    if "evicted" in manifest:
        return int(manifest["evicted"])
    return sum(int(file["source"].get("offset") or 0) for file in manifest["files"])


def sessions(layout: Layout) -> list[Kept]:
    """Every raw copy, oldest activity first. Raises OSError; damaged manifests are left out (``gitml verify``)."""
    found = [Kept(manifest) for manifest in manifests.every(layout) if "evicted" not in manifest]
    users = Counter(name for kept in found for name in set(manifests.pieces(kept.manifest)))
    for kept in found:
        for name in set(manifests.pieces(kept.manifest)):
            took = kept.sizes[name] = max(objects.size(layout, name), 0)
            if users[name] == 1:
                kept.own_bytes += took
            else:
                kept.shared_bytes += took
    return sorted(found, key=lambda kept: (kept.updated_at, kept.agent, kept.session_id))


def disk_bytes(layout: Layout) -> int:
    """What all pieces take on disk, those that nothing names any more included."""
    return sum(entry.stat(follow_symlinks=False).st_size for _, entry in objects.files(layout))


def publish(layout: Layout, manifest: Manifest, sealed: Sealed) -> None:
    """Put a manifest in place whose pieces are written; what its forerunner alone had goes. Raises Busy where a piece
    was swept away meanwhile, OSError."""
    agent, session_id = str(manifest["agent"]), str(manifest["session_id"])
    with hold(layout.lock):
        if any(objects.size(layout, name) < 0 for name in set(manifests.pieces(manifest))):
            raise Busy("another gitml has swept a piece away", where=layout.raw, hint="run the command again")
        before = _named(layout, agent, session_id)
        manifests.save(layout, agent, session_id, sealed)
        _remove(layout, _loose(layout, before.difference(manifests.pieces(manifest))))


def drop(layout: Layout, gone: Iterable[tuple[str, str, Sealed | None]]) -> int:
    """Take raw copies away, (agent, session id, the manifest that says it was evicted or None) each; pieces that other
    sessions have stay. Returns the bytes freed. Under the lock; the manifest goes first, so that a kill leaves garbage
    and no half a copy. Asks nobody: see ``ops.lifecycle.safety``. Raises Busy, OSError."""
    with hold(layout.lock):
        named: set[str] = set()
        for agent, session_id, instead in gone:
            named |= _named(layout, agent, session_id)
            if instead is None:
                remove_files([manifests.path_of(layout, agent, session_id)])
            else:
                manifests.save(layout, agent, session_id, instead)
        return _remove(layout, _loose(layout, named))


def clear(layout: Layout, names: Iterable[str]) -> int:
    """Remove those of these pieces that no session has. Returns the bytes freed. Under the lock. Raises Busy,
    OSError."""
    with hold(layout.lock):
        return _remove(layout, _loose(layout, set(names)))


def sweep(layout: Layout, now: float | None = None) -> int:
    """Remove what killed captures left: pieces that nothing names, files half written, unpacked copies, if older than
    AGE. Returns how many. No piece goes while a manifest cannot be read, which may name it: raises Damaged for that,
    Busy, OSError."""
    with hold(layout.lock):
        rests = halves(layout, now)
        remove_files(path for path in rests if not os.path.isdir(path))
        for path in filter(os.path.isdir, rests):
            shutil.rmtree(path, ignore_errors=True)
        old = loose(layout, now)
        remove_files(old)
    return len(rests) + len(old)


def halves(layout: Layout, now: float | None = None) -> list[str]:
    """Files half written, and folders with unpacked copies, that killed captures left, if older than AGE. Raises
    OSError."""
    oldest = (time.time() if now is None else now) - AGE
    return [path for path in _halves(layout) if _is_older(path, oldest)]


def loose(layout: Layout, now: float | None = None, known: Collection[str] = ()) -> list[str]:
    """Pieces that nothing names, if older than AGE. ``known``: names of pieces that something does; where that is all
    of them, no manifest is read. Raises Damaged while a manifest cannot be read, which may name any of the others,
    OSError."""
    oldest = (time.time() if now is None else now) - AGE
    unknown = [(name, entry.path) for name, entry in objects.files(layout) if name not in known]
    old = [(name, path) for name, path in unknown if _is_older(path, oldest)]
    used = _in_use(layout) if old else set()
    return [path for name, path in old if name not in used]


def _halves(layout: Layout) -> Iterator[str]:
    yield from (entry.path for entry in entries(layout.raw) if entry.name.startswith(UNPACKED))
    for agent in entries(os.path.join(layout.raw, "sessions")):
        yield from (entry.path for entry in entries(agent.path) if entry.name.endswith(TEMPORARY))


def _is_older(path: str, oldest: float) -> bool:
    try:
        return os.lstat(path).st_mtime < oldest
    except FileNotFoundError:
        return False


def _named(layout: Layout, agent: str, session_id: str) -> set[str]:
    """The pieces of a session; none where its manifest is damaged: they become garbage."""
    try:
        manifest = manifests.load(layout, agent, session_id)
    except Damaged:
        return set()
    return set(manifests.pieces(manifest)) if manifest is not None else set()


def _loose(layout: Layout, names: set[str]) -> set[str]:
    """Those of the pieces that no session has any more; none where a damaged manifest may have them."""
    try:
        return names - _in_use(layout) if names else names
    except Damaged:
        return set()


def _remove(layout: Layout, names: set[str]) -> int:
    freed = sum(max(objects.size(layout, name), 0) for name in names)
    remove_files(objects.path_of(layout, name) for name in sorted(names))
    return freed


def _in_use(layout: Layout) -> set[str]:
    """Raises Damaged where a manifest cannot be read: then nothing is known to be garbage."""
    return {name for path in manifests.paths(layout) for name in manifests.pieces(manifests.read(path))}
