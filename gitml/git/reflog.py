"""Where HEAD has been, from the file of its log. The hook path imports this."""

import os

NONE = -1
"""In place of a size: no log is kept here."""


def size(git_dir: str) -> int:
    """Bytes of HEAD's log by now; NONE where there is none."""
    try:
        return os.stat(_path(git_dir)).st_size
    except OSError:
        return NONE


def since(git_dir: str, offset: int) -> "list[str] | None":
    """The commits HEAD came to after its log had ``offset`` bytes; None where that cannot be told."""
    if offset == NONE or size(git_dir) < offset:
        return None
    with open(_path(git_dir), "rb") as file:
        file.seek(offset)
        words = [line.split(b" ", 2) for line in file.read().split(b"\n")]
    return [one[1].decode("ascii", "replace") for one in words if len(one) == 3]


def _path(git_dir: str) -> str:
    return os.path.join(git_dir, "logs", "HEAD")
