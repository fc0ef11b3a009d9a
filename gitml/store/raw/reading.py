"""Reading raw copies back, a piece at a time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from gitml.errors import Damaged
from gitml.store.raw import objects
from gitml.store.raw.lines import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.store.layout import Layout

    Manifest = dict[str, Any]

MAIN = "main"


def text(layout: Layout, manifest: Manifest, name: str | None = None) -> Iterator[bytes]:
    """The redacted text of a session, in blocks of whole lines: all its files as ``raw_sha256`` has them, or the one of
    that name; nothing for a name that is none. Raises Damaged where a piece is missing or not what it was."""
    session_id = str(manifest["session_id"]).encode()
    for file in manifest["files"]:
        if name is None or file["name"] == name:
            for segment in file["segments"]:
                yield block_of(layout, segment, session_id)


def lines(layout: Layout, manifest: Manifest, name: str | None = None) -> Iterator[bytes]:
    """The same as lines, without the newlines."""
    for block in text(layout, manifest, name):
        yield from block[:-1].split(b"\n")


def lines_of(layout: Layout, segment: list[Any], session_id: bytes) -> list[bytes]:
    """The lines of one piece. Raises Damaged, OSError."""
    return block_of(layout, segment, session_id)[:-1].split(b"\n")


def block_of(layout: Layout, segment: list[Any], session_id: bytes) -> bytes:
    """The text of one piece, times and ids put back. Raises Damaged, OSError."""
    times = objects.get(layout, segment[1]).split(b"\n") if segment[1] else []
    try:
        block = whole(objects.get(layout, segment[0]), session_id, times)
    except ValueError as error:
        raise Damaged(f"a piece and its times do not fit: {error}", where=segment[0]) from None
    if len(block) != segment[2] or not block.endswith(b"\n"):
        raise Damaged("a piece is not as long as it was", where=segment[0])
    return block


def summed(layout: Layout, manifest: Manifest) -> tuple[int, str]:
    """(raw_bytes, raw_sha256) of what is really there. Raises Damaged, OSError."""
    hashed, count = hashlib.sha256(), 0
    for block in text(layout, manifest):
        hashed.update(block)
        count += len(block)
    return count, hashed.hexdigest()


def flaws(layout: Layout, manifest: Manifest) -> list[str]:
    """What is wrong with a raw copy, a line each; [] where every byte of it is as it was captured. Raises OSError."""
    found: list[str] = []
    session_id = str(manifest["session_id"]).encode()
    for file in manifest["files"]:
        for segment in file["segments"]:
            try:
                block_of(layout, segment, session_id)
            except Damaged as error:
                found.append(f"{file['name']}: {error}")
    if not found and summed(layout, manifest) != (manifest["raw_bytes"], manifest["raw_sha256"]):
        found.append("the whole is not what was captured")
    return found
