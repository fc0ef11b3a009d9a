"""Files that git ignores and somebody wrote by hand: settings such as ``.env``. All else that is ignored (what was
built, installed, logged) goes with a work tree, as it does when git removes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from gitml.redact.known_files import kind_of
from gitml.store.files import read_bytes


def only_here(root: str, ignored: Iterable[str], others: Sequence[str]) -> str:
    """The first such file that none of the ``others``, roots of work trees, has with the same bytes, in words; "" where
    there is none."""
    for path in ignored:
        if not kind_of(os.path.basename(os.path.dirname(path)), os.path.basename(path)):
            continue
        if not any(_same(os.path.join(root, path), os.path.join(other, path)) for other in others):
            return f"{path}, which git ignores, is nowhere else"
    return ""


def _same(one: str, other: str) -> bool:
    try:
        return read_bytes(one) == read_bytes(other)
    except OSError:
        return False
