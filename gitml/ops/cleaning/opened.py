"""Which files running processes have open, by Linux's ``/proc``: a client that is left open for days writes on into a
file that has no name any more.
"""

from __future__ import annotations

import os
from collections.abc import Collection

PROC = "/proc"


def opened(folders: Collection[str]) -> dict[str, str]:
    """{path: number of a process that has it open}, of files below the ``folders``, which are real paths. Of other
    accounts' processes nobody is told, nor where there is no ``/proc``."""
    tops = tuple(os.path.join(folder, "") for folder in folders)
    found = {}
    for number in filter(str.isdecimal, _names(PROC)):
        descriptors = os.path.join(PROC, number, "fd")
        for name in _names(descriptors):
            path = _leads_to(os.path.join(descriptors, name))
            if path.startswith(tops):
                found[path] = number
    return found


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _leads_to(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""
