"""Looking at the disk: what the agents keep, what gitml keeps, how much room is left."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitml.agents import registry
from gitml.store.footprint import Survey

if TYPE_CHECKING:
    from gitml.ops.context import Context

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Room:
    """A disk: ``available`` to this user and ``size``, in bytes; ``path`` lies on it."""

    path: str
    available: int
    size: int


def roots(environ: Mapping[str, str], *agents: str) -> list[str]:
    """The folders of this machine in which these (or all) agents keep transcripts, links resolved, each once."""
    found = [root for name in agents or registry.names() for root in registry.roots(name, environ)]
    return list(dict.fromkeys(os.path.realpath(root) for root in found if os.path.isdir(root)))


def sizes(
    context: Context, environ: Mapping[str, str], progress: Progress | None = None
) -> tuple[dict[str, int], list[str]]:
    """(bytes on disk of each of ``snapshot.KINDS``, what could not be read). A file counts once, at first."""
    layout, survey = context.layout, Survey()
    folders = {
        "transcripts": roots(environ),
        "raw": [os.path.join(layout.local, "raw")],
        "tracked": [layout.data],
        "git": [os.path.join(context.where.common_dir, "objects")],
        "logs": [layout.logs],
        "state": [layout.local],
    }
    found = {}
    for done, (kind, paths) in enumerate(folders.items(), 1):
        found[kind] = sum(survey.size(path) for path in paths)
        if progress is not None:
            progress(done, len(folders))
    return found, survey.unread


def room(context: Context, environ: Mapping[str, str]) -> Room:
    """The disk that has least left, of those that transcripts and this clone lie on. Raises OSError."""
    rooms = [_room_at(path) for path in (context.where.common_dir, *roots(environ))]
    return min(rooms, key=lambda disk: disk.available)


def _room_at(path: str) -> Room:
    found = os.statvfs(path)
    return Room(path, found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)
