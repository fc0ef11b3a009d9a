"""Finding stream files: every file of a stream's name, at any depth. No link is followed."""

import os

from gitml.store.files import entries
from gitml.store.lines import Damage
from gitml.store.names import stream_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.store.layout import Layout


def stream_files(layout: "Layout", damage: "list[Damage]") -> "Iterator[tuple[str, str]]":
    """(stream, path) of every stream file, as they must be read: spools, side branches, live parts, base, archive.

    Records move that way (commit, compaction, closing of a month), and each step writes the new place before it
    clears the old one. So a reader that looks at the old place first meets every record at least once, without a lock.
    Lazily: a folder is listed when the reader gets there. Links and what is no regular file go into ``damage``.
    """
    yield from files_under(layout.spools, damage)
    yield from files_under(layout.side, damage)
    if os.path.islink(layout.data) or os.path.islink(layout.tracked):
        damage.append(Damage(layout.tracked, 0, "a symbolic link, not followed"))
        return
    archive = os.path.join(layout.tracked, "archive")
    yield from files_under(layout.live, damage)
    yield from files_under(layout.tracked, damage, skip=(layout.live, archive, layout.chunked))
    yield from files_under(archive, damage)


def files_under(root: str, damage: "list[Damage]", skip: "tuple[str, ...]" = ()) -> "Iterator[tuple[str, str]]":
    """(stream, path) of the stream files below a folder, in the order of their paths."""
    if os.path.islink(root):
        damage.append(Damage(root, 0, "a symbolic link, not followed"))
        return
    waiting = [root]
    while waiting:
        folders = []
        for entry in _listed(waiting.pop(), damage):
            stream = stream_of(entry.name)
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif entry.is_symlink():
                _tell_link(entry, stream, damage)
            elif stream and entry.is_file(follow_symlinks=False):
                yield stream, entry.path
            elif stream:
                damage.append(Damage(entry.path, 0, "not a regular file"))
        waiting += [folder for folder in reversed(folders) if folder not in skip]


def _listed(folder: str, damage: "list[Damage]") -> "list[os.DirEntry[str]]":
    try:
        return entries(folder)
    except OSError as error:
        damage.append(Damage(folder, 0, f"cannot be listed: {os.strerror(error.errno or 0)}"))
        return []


def _tell_link(entry: "os.DirEntry[str]", stream: str, damage: "list[Damage]") -> None:
    if stream or os.path.isdir(entry.path):
        damage.append(Damage(entry.path, 0, "a symbolic link, not followed"))
