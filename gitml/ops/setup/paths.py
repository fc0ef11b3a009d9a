"""Reading files that may be anyone's: no link is followed, and what cannot be handled is a ``Refused``."""

from __future__ import annotations

import os

from gitml.errors import GitmlError

LIMIT = 4 * 1024 * 1024
"""Bytes. No settings file or hook comes near it; what does is none."""


class Refused(GitmlError):
    """A file gitml will not touch. The rest of the set-up goes on."""


def check_links(root: str, path: str) -> None:
    """Raises Refused where ``path`` or a folder between it and ``root`` is a symbolic link."""
    here = root
    for part in os.path.relpath(path, root).split(os.sep):
        here = os.path.join(here, part)
        if os.path.islink(here):
            raise Refused("is a symbolic link, not followed", where=here, hint=f"replace {here} by a real file")


def content(path: str) -> bytes | None:
    """The bytes of a regular file; None where there is none. Raises Refused for anything else."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not os.path.isfile(path) or os.path.islink(path) or status.st_size > LIMIT:
        raise Refused("is not a file gitml can change", where=path)
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Refused(f"cannot be read ({error.strerror})", where=path) from None


def missing_folders(path: str) -> list[str]:
    """The folders that have to be made for ``path``, innermost first."""
    missing = []
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    return missing
