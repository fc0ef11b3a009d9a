"""The id git gives a file's bytes, whatever its size."""

from __future__ import annotations

import os
import stat
from hashlib import sha1, sha256

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
            return _id(file.fileno(), digits)
        except OSError:
            return ""


def _id(descriptor: int, digits: int) -> str:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return ""  # a device may have no end
    head = b"blob %d\0" % status.st_size
    made = sha1(head, usedforsecurity=False) if digits == SHA1_DIGITS else sha256(head)
    while chunk := os.read(descriptor, CHUNK):
        made.update(chunk)
    return made.hexdigest()
