"""Which work tree a folder is in."""

from __future__ import annotations

import os
from collections.abc import Iterable


def within(path: str, folder: str) -> bool:
    """Whether a path is that folder or lies in it, by its text."""
    return path == folder or path.startswith(os.path.join(folder, ""))


def innermost(path: str, folders: Iterable[str]) -> str:
    """The deepest of the folders that the path lies in; "" where it lies in none."""
    return max((folder for folder in folders if within(path, folder)), key=len, default="")
