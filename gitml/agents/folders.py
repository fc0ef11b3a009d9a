"""Finding transcripts below a folder: no link is followed, nothing outside is reached, the order is always the same."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def scan(folder: str) -> "list[os.DirEntry[str]]":
    """What is in a folder; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def below(folder: str, depth: int, wanted: "Callable[[str], object]") -> "Iterator[str]":
    """Paths of the plain files, in ``folder`` and at most ``depth`` folders below it, whose name is ``wanted``."""
    entries = sorted(scan(folder), key=lambda entry: entry.name)
    yield from (entry.path for entry in entries if wanted(entry.name) and entry.is_file(follow_symlinks=False))
    for entry in entries:
        if depth and entry.is_dir(follow_symlinks=False):
            yield from below(entry.path, depth - 1, wanted)


def inside(path: str, root: str) -> str:
    """The real path, if that is a plain file inside ``root`` once every link in both is resolved; else ""."""
    try:
        real, base = os.path.realpath(path), os.path.realpath(root)
        return real if os.path.commonpath((real, base)) == base and os.path.isfile(real) else ""
    except (ValueError, OSError):  # a NUL in the path, a loop of links
        return ""


def newer(one: "str | None", other: str) -> str:
    """The file changed last; of two of one age the one whose path sorts last, so that the choice is stable."""
    return max((path for path in (one, other) if path), key=lambda path: (_mtime(path), path))


def _mtime(path: str) -> int:
    try:
        return os.stat(path, follow_symlinks=False).st_mtime_ns
    except OSError:
        return -1
