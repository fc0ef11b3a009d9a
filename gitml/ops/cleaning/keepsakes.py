"""Files that git ignores and somebody wrote by hand: settings such as ``.env``. All else that is ignored (what was
built, installed, logged) goes with a work tree, as it does when git removes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from gitml.redact.known_files import kind_of, paths
from gitml.store.files import read_bytes

DATABASES = (".db", ".sqlite", ".sqlite3", ".duckdb")
"""How files are called that hold what somebody entered while trying things."""


def database(ignored: Iterable[str]) -> str:
    """The first ignored database, in words; "" where there is none. In a work tree that an agent made for itself it is
    a test's; in one that a person made it may be dear."""
    path = next((path for path in ignored if path.endswith(DATABASES)), "")
    return f"{path}, which git ignores, is a database, and an agent did not make this work tree" if path else ""


def only_here(root: str, ignored: Iterable[str], main: str) -> str:
    """The first such file that the main work tree does not have with the same bytes, in words; "" where there is none.
    Another work tree that has it may go, too."""
    ignored = list(ignored)
    for path in (*ignored, *_within(root, ignored)):
        kind = kind_of(os.path.basename(os.path.dirname(path)), os.path.basename(path))
        if kind and not _same(os.path.join(root, path), os.path.join(main, path)):
            return f"{path}, which git ignores, is not the same in the main work tree"
    return ""


def _within(root: str, ignored: Iterable[str]) -> Iterator[str]:
    """Files in folders that are ignored as a whole, but for those that a tool fills."""
    folders = tuple(path for path in ignored if path.endswith("/"))
    found = (os.path.relpath(path, root) for path, _ in paths([root], ""))
    return (path for path in found if path.startswith(folders))


def _same(one: str, other: str) -> bool:
    try:
        return read_bytes(one) == read_bytes(other)
    except OSError:
        return False
