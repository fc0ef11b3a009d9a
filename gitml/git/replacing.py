"""Putting a file in place of another in a work tree: whole, durable, and through no symbolic link."""

from __future__ import annotations

import io
import os
import shutil
import stat
import time
from collections.abc import Callable
from typing import IO

from gitml.git.placing import AGE, clear, folder_of, temporary_of

COPY = 1024 * 1024


def replace(root: str, relative: str, source: str) -> None:
    """Copy a file to ``relative`` in a work tree, over what file stands there. Raises OSError: a link or a file where a
    folder must be, a full disk; then what stood there still does."""
    with open(source, "rb") as data:
        _replace(root, relative, data, _check)


def force(root: str, relative: str, data: bytes) -> None:
    """Put a file there, over a link or a pipe too. Raises OSError: a link or a file where a folder must be, a folder
    where the file must be, a full disk; then what stood there still does."""
    _replace(root, relative, io.BytesIO(data), lambda *_: None)


def _replace(root: str, relative: str, data: IO[bytes], check: Callable[[int, str, str], None]) -> None:
    folder, name = folder_of(root, relative, create=True)
    try:
        temporary = temporary_of(name)
        clear(folder, temporary)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with open(os.open(temporary, flags, 0o666, dir_fd=folder), "wb") as out:
                shutil.copyfileobj(data, out, COPY)
                out.flush()
                then = time.time() - AGE
                os.utime(out.fileno(), (then, then))
                os.fsync(out.fileno())
            check(folder, name, relative)
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            clear(folder, temporary)
            raise
        os.fsync(folder)
    finally:
        os.close(folder)
    _sync_above(root, relative)


def _check(folder: int, name: str, relative: str) -> None:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise OSError(None, "is not a regular file", relative)


def _sync_above(root: str, relative: str) -> None:
    """The folders that may have been made for it."""
    above = os.path.dirname(os.path.dirname(relative))
    while above:
        folder, _ = folder_of(root, f"{above}/x", create=False)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        above = os.path.dirname(above)
