"""Names of parts and streams, and which of those found on disk are any. The hook path imports this."""

import os
import re
import time

PART = re.compile(r"[0-9]{8}/[0-9]{6}Z-[0-9a-f]{6}")
STREAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
SUFFIX = ".jsonl"


def new_part(now: float) -> str:
    """A name for a part opened at ``now`` (seconds since 1970): ``20261120/150332Z-7f3a9c``."""
    return time.strftime("%Y%m%d/%H%M%SZ-", time.gmtime(now)) + os.urandom(3).hex()


def is_part(name: str) -> bool:
    """Whether that is the name of a part. Nothing else is ever joined to a path."""
    return PART.fullmatch(name) is not None


def check_part(name: str) -> str:
    """The name, if it is one of a part. Raises ValueError."""
    if not is_part(name):
        raise ValueError(f"not the name of a part: {name!r}")
    return name


def check_stream(name: str) -> str:
    """The name, if a stream can have it. Raises ValueError."""
    if STREAM.fullmatch(name) is None:
        raise ValueError(f"not the name of a stream: {name!r}")
    return name


def stream_of(file_name: str) -> str:
    """The stream a file belongs to by its name alone, or ""."""
    stem = file_name.removesuffix(".gz")
    if not stem.endswith(SUFFIX) or stem.startswith("."):
        return ""
    return stem[: -len(SUFFIX)]


def opened_at(name: str) -> float:
    """When a part was opened by its name, in seconds since 1970; 0.0 where the digits are no time."""
    from gitml.model.times import millis

    day, clock = name[:8], name[9:15]
    text = f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}.000Z"
    return millis(text) / 1000
