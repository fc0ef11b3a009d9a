"""Durable files: written whole or not at all, under names that cannot reach outside. The hook path imports this."""

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO

LONGEST = 120
"""Bytes of the longest name ``safe_name`` gives: file systems take 255, and a suffix and a temporary's mark follow."""

TEMPORARY = ".tmp"
"""How the name of a file ends that is not yet whole."""

_DOT = ord(".")
_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789_-."


def safe_name(text: str) -> str:
    """A file name for any text: injective, also where upper and lower case are one; no separator, no leading dot.

    Lower-case letters, digits, ``_ - .`` stay; every other byte becomes ``=xx``. What gets longer than LONGEST is cut
    and ends in ``=_`` and 32 digits of its hash, which no other name holds.
    """
    raw = text.encode("utf-8", "surrogatepass")
    if 0 < len(raw) <= LONGEST and raw[0] != _DOT and not raw.translate(None, _PLAIN):
        return text  # nearly every name there is, and ten times as fast
    name = "".join(chr(byte) if byte in _PLAIN else f"={byte:02x}" for byte in raw)
    if name.startswith("."):
        name = "=2e" + name[1:]
    if not name:
        return "=_"
    if len(name) <= LONGEST:
        return name
    from gitml.model.digest import hexhash

    return name[: LONGEST - 34] + "=_" + hexhash(raw, 32)


def plain_name(name: str) -> "str | None":
    """The text ``safe_name`` made ``name`` of, or None where it was cut or is none of its names."""
    if "=_" in name:
        return "" if name == "=_" else None
    first, *rest = name.split("=")
    raw = first.encode()
    try:
        for piece in rest:
            raw += bytes.fromhex(piece[:2]) + piece[2:].encode()
        text = raw.decode("utf-8", "surrogatepass")
    except ValueError:
        return None
    return text if safe_name(text) == name else None


def make_dirs(path: str, mode: int = 0o700) -> None:
    """Create a folder and what is missing above it, each durable; private, since nobody was given what waits there."""
    if os.path.isdir(path):
        return
    above = os.path.dirname(path)
    if above == path:
        return
    make_dirs(above, mode)
    try:
        os.mkdir(path, mode)
    except FileExistsError:
        if not os.path.isdir(path):
            raise
    fsync_dir(above)


def fsync_dir(path: str) -> None:
    """Make the names in a folder durable. File systems that cannot are left in peace."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it: one write where the system takes it whole. Raises OSError (a full disk) with a part written."""
    done = os.write(descriptor, data)
    while done < len(data):
        done += os.write(descriptor, memoryview(data)[done:])


def write_atomic(path: str, data: bytes, mode: int = 0o644) -> None:
    """Put ``data`` at ``path``: a reader, also one after a crash, sees the old bytes or the new ones, never a mixture.

    The folder must exist. Raises OSError and leaves no temporary file behind.
    """
    folder = os.path.dirname(path)
    temporary = os.path.join(folder, f".{os.path.basename(path)}.{os.urandom(4).hex()}{TEMPORARY}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    try:
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(temporary, path)
    except BaseException:
        remove_files([temporary])
        raise
    fsync_dir(folder)


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file. Raises OSError; for a symbolic link too, and a pipe never makes it wait."""
    with open_plain(path) as file:
        return file.read()


def open_plain(path: str) -> "IO[bytes]":
    """A file, open for reading. Raises OSError, which names it; for a symbolic link and a folder, too."""
    return open(path, "rb", opener=_opened)


def _opened(path: str, _: int) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)


def entries(folder: str) -> "list[os.DirEntry[str]]":
    """What lies in a folder, by name; nothing where there is no folder or only a link to one."""
    if os.path.islink(folder):
        return []
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def remove_files(paths: "Iterable[str]") -> None:
    """Remove files; one that is gone already is as good."""
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue


def remove_if_empty(folder: str) -> None:
    """Remove a folder that holds nothing; any other stays."""
    try:
        os.rmdir(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
            raise
