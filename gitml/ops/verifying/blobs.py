"""The id git gives a file's bytes, whatever its size."""

from __future__ import annotations

import io
import os
import stat
from hashlib import sha1, sha256
from typing import IO

from gitml.git.objects import SHA1_DIGITS

CHUNK = 1 << 20


def id_of_file(path: str, digits: int) -> str:
    """The blob id of a regular file, read in pieces; "" where it cannot be read or is none. No link is followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with open(descriptor, "rb", buffering=0) as file:
        try:
            status = os.fstat(descriptor)
            return id_of(file, status.st_size, digits) if stat.S_ISREG(status.st_mode) else ""  # a device has no end
        except OSError:
            return ""


def id_of(file: IO[bytes] | io.RawIOBase, size: int, digits: int) -> str:
    """As ``id_of_file``, of ``size`` bytes that are open. Raises OSError."""
    head = b"blob %d\0" % size
    made = sha1(head, usedforsecurity=False) if digits == SHA1_DIGITS else sha256(head)
    while chunk := file.read(CHUNK):
        made.update(chunk)
    return made.hexdigest()
