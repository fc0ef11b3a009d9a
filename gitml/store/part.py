"""A part: a folder of stream files written between two commits. The hook path imports this."""

import os

from gitml.store.files import TEMPORARY, entries, fsync_dir, make_dirs, read_bytes, remove_files, remove_if_empty
from gitml.store.names import SUFFIX, check_part, is_part, new_part, opened_at, stream_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.store.layout import Layout

GONE = ".gone-"


class Part:
    """A part on disk: ``name`` "20261120/150332Z-7f3a9c", ``path``, the ``worktree`` it is of, ``open`` or closed."""

    __slots__ = ("name", "open", "path", "worktree")

    def __init__(self, root: str, name: str, worktree: str, open: bool = False) -> None:
        self.name = check_part(name)
        self.path = os.path.join(root, *name.split("/"))
        self.worktree = worktree
        self.open = open

    def __repr__(self) -> str:
        return f"Part({self.name!r}, {self.worktree!r}, open={self.open})"

    def streams(self) -> "list[str]":
        """The streams it has lines of, sorted."""
        filled = [entry.name for entry in entries(self.path) if entry.name.endswith(SUFFIX) and size_of(entry)]
        return sorted(filter(None, map(stream_of, filled)))

    def file(self, stream: str) -> str:
        """The path of one stream's file."""
        return os.path.join(self.path, stream + SUFFIX)

    def size(self) -> int:
        """Bytes of all its stream files."""
        return sum(size_of(entry) for entry in entries(self.path) if entry.name.endswith(SUFFIX))


def size_of(entry: "os.DirEntry[str]") -> int:
    """Bytes of a regular file; 0 for anything else, and for what another process has just moved on."""
    if not entry.is_file(follow_symlinks=False):
        return 0
    try:
        return entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return 0


def under(root: str, worktree: str, open_name: str = "") -> "list[Part]":
    """The parts in ``root`` that hold anything, oldest first."""
    return [part for part in listed(root, worktree, open_name) if part.streams()]


def listed(root: str, worktree: str, open_name: str = "", last_day: str = "99999999") -> "list[Part]":
    """The parts in ``root``, empty ones too, oldest first, of days up to ``last_day``. No part is looked into: for
    where there may be thousands.

    Links and names that are none of a part are passed by.
    """
    found = []
    for day in entries(root):
        if day.name > last_day or not day.is_dir(follow_symlinks=False):
            continue
        for entry in entries(day.path):
            name = f"{day.name}/{entry.name}"
            if is_part(name) and entry.is_dir(follow_symlinks=False):
                found.append(Part(root, name, worktree, name == open_name))
    return found


def move(part: Part, root: str) -> None:
    """Move a part below another root: same name, same bytes, durable, one rename. Call it under the lock.

    A part of that name with the same bytes there (a move that was cut off, a copy that came back) makes it a removal.
    Raises OSError where it has other bytes.
    """
    target = Part(root, part.name, part.worktree)
    if target.path == part.path:
        return
    make_dirs(os.path.dirname(target.path))
    if os.path.lexists(target.path) and same(part, target):
        remove(part)
        return
    os.rename(part.path, target.path)
    fsync_dir(os.path.dirname(target.path))
    _forget_name(part)


def same(one: Part, other: Part) -> bool:
    """Whether two parts hold the same streams with the same bytes."""
    if one.streams() != other.streams():
        return False
    return all(read_bytes(one.file(stream)) == read_bytes(other.file(stream)) for stream in one.streams())


def remove(part: Part) -> None:
    """Remove a part: it is gone at once, never half there, whatever stops the deleting. Call it under the lock."""
    day, name = os.path.split(part.path)
    root, day_name = os.path.split(day)
    gone = os.path.join(root, f"{GONE}{day_name}-{name}")
    clear(gone)
    os.rename(part.path, gone)
    clear(gone)
    _forget_name(part)


def clear(folder: str) -> None:
    """Delete a part's folder with its files. Folders in it are none of ours and keep it in place."""
    files = entries(folder)
    remove_files(entry.path for entry in files if not entry.is_dir(follow_symlinks=False))
    remove_if_empty(folder)


def sweep(root: str) -> None:
    """Take away all that a killed ``remove`` or atomic write left below ``root``. Call it under the lock."""
    for day in entries(root):
        if day.is_dir(follow_symlinks=False):
            _sweep_day(day)
    sweep_gone(root)


def sweep_gone(root: str) -> None:
    """Only what a killed ``remove`` left: one look into one folder. Call it under the lock."""
    _remove_temporary(root)
    for entry in entries(root):
        if entry.name.startswith(GONE) and entry.is_dir(follow_symlinks=False):
            clear(entry.path)
    remove_if_empty(root)


def _sweep_day(day: "os.DirEntry[str]") -> None:
    for entry in entries(day.path):
        if is_part(f"{day.name}/{entry.name}") and entry.is_dir(follow_symlinks=False):
            _remove_temporary(entry.path)
            remove_if_empty(entry.path)
    if not day.name.startswith(GONE):
        remove_if_empty(day.path)


def _remove_temporary(folder: str) -> None:
    remove_files(entry.path for entry in entries(folder) if entry.name.endswith(TEMPORARY))


def _forget_name(part: Part) -> None:
    day = os.path.dirname(part.path)
    fsync_dir(day)
    remove_if_empty(day)
    remove_if_empty(os.path.dirname(day))


def renamed(layout: "Layout", part: Part) -> Part:
    """Put a closed part under a new name into ``layout``'s spool, durably: a commit may carry the old one, and what the
    part holds is about to change or has. Call it under the lock.

    Raises OSError.
    """
    fresh = Part(layout.spool, new_part(opened_at(part.name)), part.worktree)
    make_dirs(os.path.dirname(fresh.path))
    os.rename(part.path, fresh.path)
    fsync_dir(os.path.dirname(fresh.path))
    fsync_dir(os.path.dirname(part.path))
    return fresh
