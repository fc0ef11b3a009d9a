"""Files that git ignores and somebody wrote by hand: settings such as ``.env``. All else that is ignored (what was
built, installed, logged) goes with a work tree, as it does when git removes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from gitml.redact.known_files import kind_of
from gitml.store.files import read_bytes


def only_here(root: str, ignored: Iterable[str], main: str) -> str:
    """The first such file that the main work tree does not have with the same bytes, in words; "" where there is none.
    Another work tree that has it may go, too."""
    for path in ignored:
        kind = kind_of(os.path.basename(os.path.dirname(path)), os.path.basename(path))
        if kind and not _same(os.path.join(root, path), os.path.join(main, path)):
            return f"{path}, which git ignores, is not the same in the main work tree"
    return ""


def _same(one: str, other: str) -> bool:
    try:
        return read_bytes(one) == read_bytes(other)
    except OSError:
        return False
