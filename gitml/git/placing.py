"""Files of ours in a work tree that may hold anything: no symbolic link on the way is followed.

The hook path imports this. ``relative`` is a path below ``root`` with "/", made of names gitml chose.
"""

import os
import time

AGE = 5
"""Seconds a placed file's time lies back. One as new as the index would be read again by every ``git status``."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def place(root: str, relative: str, data: bytes) -> bool:
    """Put a new file there. Returns False where one with other bytes stands, or anything that is no file.

    Raises OSError: a link or a file where a folder must be, a full disk.
    """
    folder, name = folder_of(root, relative, create=True)
    try:
        return _bytes(folder, name) == data or _created(folder, name, data)
    finally:
        os.close(folder)


def take_away(root: str, relative: str, is_ours: "Callable[[bytes], bool]") -> bool:
    """Remove a file whose bytes are ours, what a killed process left of it, and the folders that are empty then, up to
    two. Returns whether the file went."""
    try:
        folder, name = folder_of(root, relative, create=False)
    except OSError:
        return False
    try:
        clear(folder, temporary_of(name))
        data = _bytes(folder, name)
        gone = data is not None and is_ours(data)
        if gone:
            os.unlink(name, dir_fd=folder)
    finally:
        os.close(folder)
    if gone or data is None:
        _prune(root, os.path.dirname(relative))
        _prune(root, os.path.dirname(os.path.dirname(relative)))
    return gone


def holds(root: str, relative: str) -> "bytes | None":
    """The bytes of a regular file there, or None."""
    try:
        folder, name = folder_of(root, relative, create=False)
    except OSError:
        return None
    try:
        return _bytes(folder, name)
    finally:
        os.close(folder)


def folder_of(root: str, relative: str, create: bool) -> "tuple[int, str]":
    """An open descriptor of the folder a path lies in, and the path's last name."""
    *above, name = relative.split("/")
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in above:
            descriptor = _step(descriptor, part, create)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, name


def _step(folder: int, name: str, create: bool) -> int:
    if create and not _exists(folder, name):
        os.mkdir(name, 0o777, dir_fd=folder)
    inner = os.open(name, FOLDER, dir_fd=folder)
    os.close(folder)
    return inner


def _bytes(folder: int, name: str) -> "bytes | None":
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with open(descriptor, "rb") as file:
            return file.read()
    except OSError:
        return None


def _created(folder: int, name: str, data: bytes) -> bool:
    """Under a name of its own first: a kill leaves no half of a part where git would take it for a whole one."""
    if _exists(folder, name):
        return False
    temporary = temporary_of(name)
    clear(folder, temporary)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(temporary, flags, 0o666, dir_fd=folder), "wb") as file:
            file.write(data)
        then = time.time() - AGE
        os.utime(temporary, (then, then), dir_fd=folder)
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        clear(folder, temporary)
        raise
    return True


def sweep(root: str, relative: str) -> None:
    """Take away the half that a killed process left of a file. Call it under the lock, as all that places."""
    try:
        folder, name = folder_of(root, relative, create=False)
    except OSError:
        return
    try:
        clear(folder, temporary_of(name))
    finally:
        os.close(folder)


def temporary_of(name: str) -> str:
    """What a file is called before it is whole. One name: the next who places it takes away what a killed one left."""
    return f".{name}.tmp"


def clear(folder: int, temporary: str) -> None:
    """Remove a file of an open folder, if it is there."""
    try:
        os.unlink(temporary, dir_fd=folder)
    except FileNotFoundError:
        return


def _exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _prune(root: str, relative: str) -> None:
    try:
        folder, name = folder_of(root, relative, create=False)
    except OSError:
        return
    try:
        os.rmdir(name, dir_fd=folder)
    except OSError:
        pass
    finally:
        os.close(folder)
