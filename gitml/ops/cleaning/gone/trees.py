"""What work trees that are gone left: empty spools, journals of commits that ended, copies of what was forgotten.

A spool that holds a record never goes: the next commit in another work tree takes it over.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.git import worktrees
from gitml.ops.cleaning.gone.part import remove
from gitml.ops.riding import journal
from gitml.store.files import TEMPORARY, entries, safe_name
from gitml.store.names import stream_of
from gitml.store.spool import POINTER

if TYPE_CHECKING:
    from gitml.ops.cleaning.gone.part import Look
    from gitml.ops.cleaning.item import Item
    from gitml.ops.context import Context

GONE = "its work tree is gone"
RIDING, TOMBSTONES = "riding", "tombstones"


def look(looking: Look) -> Iterator[Item]:
    """Whatever bears the name of a work tree that is gone."""
    for path, needed in _found(looking.context):
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            continue
        yield looking.item("trees", path, status, GONE, needed)


def take(context: Context, item: Item) -> int:
    """One that is still nobody's, and still holds nothing. Raises Changed, GitmlError, OSError."""
    needed = dict(_found(context)).get(item.path)
    if needed:
        raise GitmlError(needed, where=item.path)
    if needed is None and os.path.lexists(item.path):
        raise GitmlError("its work tree is back", where=item.path)
    return remove(context, item)


def _found(context: Context) -> Iterator[tuple[str, str]]:
    """(path, why it stays or "")."""
    layout = context.layout
    living = {*worktrees.living(context.where.common_dir), layout.worktree}
    for entry in entries(layout.spools):
        if entry.name not in living:
            yield entry.path, _held(entry)
    for entry in entries(os.path.join(layout.local, RIDING)):
        if entry.name not in living:
            running = any(ride.running for ride in journal.rides(layout.of(entry.name)))
            yield entry.path, _plain_folder(entry) or ("a commit of it is running" if running else "")
    copies = {f"{safe_name(name)}.json" for name in living}
    for entry in entries(os.path.join(layout.local, TOMBSTONES)):
        if entry.name not in copies and not entry.name.endswith(TEMPORARY):
            yield entry.path, "" if entry.is_file(follow_symlinks=False) else "not a file"


def _plain_folder(entry: os.DirEntry[str]) -> str:
    return "" if entry.is_dir(follow_symlinks=False) else "not a folder"


def _held(entry: os.DirEntry[str]) -> str:
    """Why a spool stays: it holds a record, or what could be one."""
    why = _plain_folder(entry)
    if why:
        return why
    for folder, names, files in os.walk(entry.path, onerror=_raise):
        for name in (*names, *files):
            why = _kept(folder, name)
            if why:
                return why
    return ""


def _kept(folder: str, name: str) -> str:
    status = os.lstat(os.path.join(folder, name))
    if stat.S_ISDIR(status.st_mode) or (stat.S_ISREG(status.st_mode) and not status.st_size):
        return ""
    if not stat.S_ISREG(status.st_mode):
        return "there is a link in it, or no file"
    if stream_of(name):
        return "it holds records that no commit carries yet; the next commit here takes them"
    return "" if name == POINTER or name.endswith(TEMPORARY) else f"there is more in it: {name}"


def _raise(error: OSError) -> None:
    raise error
