"""Whether something of an older layout is here that was not taken in since it changed. Cheap: no file is opened but
base files, and those only where they hold anything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.model.digest import hexhash
from gitml.ops.migrating import moving
from gitml.ops.migrating.places import CHUNKED
from gitml.ops.migrating.sources.files import FOLDERS, RUNNING
from gitml.ops.migrating.sources.shared import LEGACY
from gitml.redact.gate import seal_words
from gitml.store.files import entries, make_dirs, read_bytes, write_atomic
from gitml.store.layout import DATA

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.layout import Layout

NAME = "migrated.json"
TOLD = f"records of an older layout are in {DATA} and not taken in: gitml migrate"


def note(context: Context) -> str:
    """What to tell a person, in a line; "" where there is nothing to say."""
    layout = context.layout
    if os.path.islink(layout.data):
        return ""
    if moving.files(layout):
        return TOLD
    now = stamp(layout)
    return TOLD if now and now != _kept(layout) else ""


def seen(layout: Layout) -> None:
    """Remember what is there as taken in. Raises OSError."""
    now = stamp(layout)
    if now and now != _kept(layout):
        make_dirs(layout.local)
        write_atomic(_path(layout), seal_words({"stamp": now}).data, 0o600)


def stamp(layout: Layout) -> str:
    """A hash of names, sizes and times of all such files; "" where there are none."""
    found = [one for name in (*FOLDERS, CHUNKED, LEGACY) for one in _files(os.path.join(layout.data, name))]
    running = os.path.join(layout.data, RUNNING)
    found += [_of(running)] if os.path.isfile(running) else []
    return hexhash("\n".join(found), 32) if found else ""


def _files(folder: str) -> Iterator[str]:
    for entry in entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif entry.name.endswith((".json", ".jsonl")):
            yield _of(entry.path)


def _of(path: str) -> str:
    status = os.lstat(path)
    return f"{path!r} {status.st_size} {status.st_mtime_ns}"


def _kept(layout: Layout) -> str:
    from gitml.model.jsonl import decode

    try:
        return str(decode(read_bytes(_path(layout)))["stamp"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _path(layout: Layout) -> str:
    return os.path.join(layout.local, NAME)
