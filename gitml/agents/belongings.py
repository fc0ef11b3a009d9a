"""What lies on disk of one session besides its main file, for whoever takes a session away as a whole.

An adapter may say so: ``belongings(source) -> Belongings``. Sessions of one that does not are left where they are.
"""

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Belongings:
    """Paths. ``files``: plain files that are this session's and no other's, in the order in which they may go, all
    before the main one · ``after``: those that must not go before it, since they tell whose it is · ``folders`` that
    are empty once all these have gone, the deepest first · ``unknown``: what lies among them and is none of the
    client's that gitml knows, links too: it stays · ``unsure`` says why the session had better stay, "" if nothing
    speaks against it. It may have to read files, so it is asked last."""

    __slots__ = ("after", "files", "folders", "unknown", "unsure")

    def __init__(self) -> None:
        self.files: list[str] = []
        self.after: list[str] = []
        self.folders: list[str] = []
        self.unknown: list[str] = []
        self.unsure: Callable[[], str] = str


def entries(folder: str) -> "list[os.DirEntry[str]]":
    """What is in a folder, by name. Raises OSError: what cannot be listed must not count as empty."""
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def is_file(path: str) -> bool:
    """Whether it is a plain file, and no link."""
    return _is(path, stat.S_ISREG)


def is_folder(path: str) -> bool:
    """Whether it is a folder, and no link."""
    return _is(path, stat.S_ISDIR)


def _is(path: str, kind: "Callable[[int], bool]") -> bool:
    try:
        return kind(os.lstat(path).st_mode)
    except OSError:
        return False
