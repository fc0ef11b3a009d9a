"""Opening a transcript for reading: a plain file only, never through a link in its last part."""

import os
import stat

FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
"""O_NONBLOCK: opening a named pipe would wait for its writer for ever."""


def open_plain(path: str) -> int:
    """A descriptor of the file, for the caller to close. Raises OSError where it is none, or a link."""
    descriptor = os.open(path, FLAGS)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(f"not a plain file: {path}")


def head(path: str, size: int) -> bytes:
    """At most ``size`` bytes from the start of the file; b"" where it cannot be read."""
    try:
        descriptor = open_plain(path)
    except OSError:
        return b""
    try:
        return os.read(descriptor, size)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
