"""What a raw copy consists of: ``sessions/<agent>/<session>.json``.

Keys of a copy: v agent session_id rules secrets graves forgotten updated_at damage raw_bytes raw_sha256 files; of a
file: name kind source meta segments. Of one that was evicted: v agent session_id evicted (bytes of the source that had
been captured). docs/format.md explains each.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from gitml.errors import Damaged
from gitml.model.sealed import check
from gitml.store.files import entries, make_dirs, read_bytes, safe_name, write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitml.model.sealed import Sealed
    from gitml.store.layout import Layout

Manifest = dict[str, Any]

VERSION = 1
SUFFIX = ".json"
FILE = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}/){0,6}[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}")
"""Names of files in a session: relative to the folder of the main one, and never out of it."""
_KINDS: dict[str, type] = {
    "agent": str, "session_id": str, "rules": str, "secrets": list, "graves": str, "updated_at": str, "damage": int,
    "raw_bytes": int, "raw_sha256": str, "files": list,
}  # fmt: skip
_SEGMENT = (str, str, int, int, int, str)


def load(layout: Layout, agent: str, session_id: str) -> Manifest | None:
    """A session's manifest, of a copy or of one that was evicted; None where there is none. Raises Damaged, OSError."""
    try:
        return read(path_of(layout, agent, session_id))
    except FileNotFoundError:
        return None


def read(path: str) -> Manifest:
    """The manifest in a file. Raises Damaged, OSError."""
    try:
        manifest = json.loads(read_bytes(path))
    except (ValueError, RecursionError):
        raise Damaged("not JSON, or cut off", where=path, hint="gitml verify") from None
    why = _flaw(manifest)
    if why:
        raise Damaged(why, where=path, hint="gitml verify")
    return dict(manifest)


def save(layout: Layout, agent: str, session_id: str, sealed: Sealed) -> None:
    """Replace it, durably. Every piece that it names must be durable. Raises OSError."""
    path = path_of(layout, agent, session_id)
    make_dirs(os.path.dirname(path))
    write_atomic(path, check(sealed).data, 0o600)


def paths(layout: Layout) -> Iterator[str]:
    """Every manifest's file."""
    for agent in entries(os.path.join(layout.raw, "sessions")):
        yield from (entry.path for entry in entries(agent.path) if entry.name.endswith(SUFFIX))


def every(layout: Layout) -> Iterator[Manifest]:
    """Every manifest that can be read. Raises OSError."""
    for path in paths(layout):
        try:
            yield read(path)
        except (Damaged, FileNotFoundError):
            continue


def pieces(manifest: Manifest) -> Iterator[str]:
    """The names of all pieces it is made of, as often as they come."""
    for file in manifest.get("files", ()):
        for segment in file["segments"]:
            yield from (name for name in segment[:2] if name)


def path_of(layout: Layout, agent: str, session_id: str) -> str:
    """Where a session's manifest lies; no id reaches anything else."""
    return os.path.join(layout.raw, "sessions", safe_name(agent), safe_name(session_id) + SUFFIX)


def _flaw(manifest: Any) -> str:
    if not isinstance(manifest, dict) or manifest.get("v") != VERSION:
        return "of another version, or no manifest"
    if "evicted" in manifest:
        whole = {"agent": str, "session_id": str, "evicted": int}
        return "" if _has(manifest, whole) else "a key is missing, or of another type"
    if not _has(manifest, _KINDS) or not all(map(_is_file, manifest["files"])):
        return "a key is missing, or of another type"
    return ""


def _is_file(file: Any) -> bool:
    kinds = {"name": str, "kind": str, "source": dict, "meta": str, "segments": list}
    return _has(file, kinds) and FILE.fullmatch(file["name"]) is not None and all(map(_is_segment, file["segments"]))


def _is_segment(segment: Any) -> bool:
    return isinstance(segment, list) and tuple(map(type, segment)) == _SEGMENT


def _has(value: Any, kinds: Mapping[str, type]) -> bool:
    return isinstance(value, dict) and all(type(value.get(key)) is kind for key, kind in kinds.items())
