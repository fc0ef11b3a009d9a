"""The local log, ``logs/gitml.log``: JSON lines, two files of 1 MiB at most. The hook path imports this."""

import os

from gitml.model.sealed import check
from gitml.store.files import make_dirs, write_all
from gitml.store.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.model.sealed import Sealed

MOST = 1024 * 1024
"""Bytes after which the log becomes ``gitml.log.1``."""


def note(layout: Layout, sealed: "Sealed") -> None:
    """Add one line. Never raises: a log that cannot be written must not stop what it tells of."""
    try:
        _note(layout, check(sealed).data + b"\n")
    except Exception:
        return


def path(layout: Layout) -> str:
    """The log that is written to."""
    return os.path.join(layout.logs, "gitml.log")


def _note(layout: Layout, line: bytes) -> None:
    make_dirs(layout.logs)
    here = path(layout)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(here, flags, 0o600)
    try:
        if os.fstat(descriptor).st_size + len(line) > MOST:
            os.rename(here, here + ".1")
            os.close(descriptor)
            descriptor = os.open(here, flags, 0o600)
        write_all(descriptor, line)
    finally:
        os.close(descriptor)
