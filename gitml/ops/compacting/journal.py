"""What a compaction is about to put in place, written down before it begins, so that the next run can mend a kill."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from gitml.redact.gate import seal_state
from gitml.store.files import make_dirs, read_bytes, remove_files, write_atomic

if TYPE_CHECKING:
    from gitml.store.layout import Layout


class Moves:
    """``ours`` {path: the blob ids it may have by our doing; "" where it may be missing}."""

    __slots__ = ("ours",)

    def __init__(self, ours: dict[str, list[str]]) -> None:
        self.ours = ours


def left_over(layout: Layout) -> bool:
    """Whether a compaction in this work tree was cut off (or is at work right now)."""
    return os.path.exists(_path(layout))


def write(layout: Layout, moves: Moves) -> None:
    """Make it durable. Raises OSError."""
    make_dirs(layout.compact)
    write_atomic(_path(layout), seal_state(moves.ours).data, 0o600)


def read(layout: Layout) -> Moves:
    """What the last one wrote; nothing where it cannot be read."""
    try:
        found = json.loads(read_bytes(_path(layout)))
        return Moves({str(path): [str(blob) for blob in blobs] for path, blobs in found.items()})
    except (OSError, ValueError, AttributeError, TypeError):
        return Moves({})


def drop(layout: Layout) -> None:
    """All is in place."""
    remove_files([_path(layout)])


def _path(layout: Layout) -> str:
    return os.path.join(layout.compact, f"{layout.worktree}.json")
