"""Who holds which number: ``registry/<number>.json``, one file a number. Written under the store's lock alone.

A number that was given up keeps its file, with whose it was: whoever takes it over may take role and goal with it.
``gitml clean --state`` takes such a file away after a while; one that is held never goes.
"""

import json
import os
import re

from gitml.model.jsonl import encode
from gitml.model.sealed import check
from gitml.store.files import TEMPORARY, entries, make_dirs, read_bytes, write_atomic
from gitml.store.layout import Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.model.sealed import Sealed

    Entry = dict[str, Any]

SUFFIX = ".json"
MOST = 99_999
"""The highest number; nobody counts that far."""

_NAME = re.compile(r"[1-9][0-9]{0,4}\.json")


def load(layout: Layout) -> "tuple[dict[int, Entry], dict[int, str]]":
    """({number: what its file says}, in their order; {number: path} of files that say nothing). Takes no lock: a file
    is replaced by a rename."""
    found, torn = {}, {}
    for entry in entries(layout.registry):
        if _NAME.fullmatch(entry.name) is None:
            continue
        number, read = int(entry.name.removesuffix(SUFFIX)), _read(entry.path)
        if read is not None:
            found[number] = read
        elif os.path.lexists(entry.path):  # else somebody forgot it since it was listed
            torn[number] = entry.path
    return dict(sorted(found.items())), torn


def mendable(path: str) -> bool:
    """Whether a file that says nothing may go: it was torn, or is a link. One that cannot be read may be another
    account's; its number, and that of a folder, is left out."""
    return os.path.islink(path) or (os.path.isfile(path) and os.access(path, os.R_OK))


def save(layout: Layout, number: int, sealed: "Sealed") -> None:
    """Write down who holds a number, durably. Raises OSError."""
    data = check(sealed).data + b"\n"
    make_dirs(layout.registry)
    write_atomic(path(layout, number), data, 0o600)


def rests(layout: Layout) -> "list[str]":
    """What a killed writer left half written."""
    return [entry.path for entry in entries(layout.registry) if entry.name.endswith(TEMPORARY)]


def path(layout: Layout, number: int) -> str:
    """The file of a number."""
    return os.path.join(layout.registry, f"{number}{SUFFIX}")


def _read(path: str) -> "Entry | None":
    try:
        entry = json.loads(read_bytes(path))
        encode(entry)  # what is read must be fit to be written again: no number beyond JSON's
    except (OSError, ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
