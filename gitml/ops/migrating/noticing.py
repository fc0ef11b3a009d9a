"""Whether something of an older layout is here that was not taken in since it changed. Cheap: no file is opened but
base files, and those only where they hold anything."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.model.digest import hexhash
from gitml.model.jsonl import decode
from gitml.ops.migrating import moving
from gitml.ops.migrating.places import CHUNKED
from gitml.ops.migrating.sources.files import FOLDERS, RUNNING
from gitml.ops.migrating.sources.shared import LEGACY
from gitml.redact.gate import seal_state
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
    return TOLD if moving.files(layout) or marks(layout) - _kept(layout) else ""


def seen(layout: Layout) -> None:
    """Remember what is there as taken in, besides what was before: another branch may have other files. Raises
    OSError."""
    known = _kept(layout)
    every = marks(layout) | known
    if every != known:
        make_dirs(layout.local)
        write_atomic(_path(layout), seal_state({"seen": sorted(every)}).data, 0o600)


def marks(layout: Layout) -> set[str]:
    """What tells each such file as it is now: a hash of its name and size, since a checkout changes times."""
    found = {one for name in (*FOLDERS, CHUNKED, LEGACY) for one in _files(layout, os.path.join(layout.data, name))}
    running = os.path.join(layout.data, RUNNING)
    return found | {_of(layout, running)} if os.path.isfile(running) else found


def _files(layout: Layout, folder: str) -> Iterator[str]:
    for entry in entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(layout, entry.path)
        elif entry.name.endswith((".json", ".jsonl")):
            yield _of(layout, entry.path)


def _of(layout: Layout, path: str) -> str:
    name = os.fsencode(os.path.relpath(path, layout.data))
    return hexhash(b"%d %s" % (os.lstat(path).st_size, name), 12)


def _kept(layout: Layout) -> set[str]:
    try:
        return {str(one) for one in decode(read_bytes(_path(layout)))["seen"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _path(layout: Layout) -> str:
    return os.path.join(layout.local, NAME)
