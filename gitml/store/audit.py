"""The local audit log, ``events/<YYYYMMDD>.jsonl``: what became of local state, and by whose doing.

Keys of a line: ``timestamp what by why bytes path subject``, and more. ``what`` is like ``clean.sessions`` or
``session.register``; ``by`` the command or hook; ``subject`` the id or name it is about. The hook path imports this.
"""

import json
import os
import time

from gitml.model.sealed import check
from gitml.store.files import entries, make_dirs, read_bytes, write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from gitml.model.sealed import Sealed
    from gitml.store.layout import Layout

SUFFIX = ".jsonl"


def note(layout: "Layout", sealed: "Sealed") -> None:
    """Add one line. Never raises: a log that cannot be written must not stop what it tells of."""
    try:
        _add(layout, check(sealed).data + b"\n", durable=False)
    except Exception:
        return


def write(layout: "Layout", lines: "Iterable[Sealed]") -> None:
    """Add lines, durably, for what must not happen untold. Raises OSError, with nothing added or a torn last line."""
    data = b"".join(check(sealed).data + b"\n" for sealed in lines)
    if data:
        _add(layout, data, durable=True)


def read(layout: "Layout") -> "Iterator[dict[str, Any]]":
    """Every line, oldest first. Torn lines, and files that cannot be read, are passed over."""
    for entry in entries(layout.events):
        if is_day(entry.name) and entry.is_file(follow_symlinks=False):
            yield from _lines(entry.path)


def today(now: "float | None" = None) -> str:
    """The name of the file that is written to at ``now`` (seconds since 1970)."""
    return time.strftime("%Y%m%d", time.gmtime(now)) + SUFFIX


def is_day(name: str) -> bool:
    """Whether that is the name of one of the log's files."""
    return len(name) == len("20261120.jsonl") and name.endswith(SUFFIX) and name[:8].isdecimal() and name.isascii()


def _lines(path: str) -> "Iterator[dict[str, Any]]":
    try:
        data = read_bytes(path)
    except OSError:
        return
    for line in data.split(b"\n"):
        try:
            value = json.loads(line) if line else None
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _add(layout: "Layout", data: bytes, *, durable: bool) -> None:
    """One write, so that what several processes add at once stays apart; what a killed one tore stays apart, too."""
    make_dirs(layout.events)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(os.path.join(layout.events, today()), flags, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        write_all(descriptor, b"\n" + data if torn else data)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
