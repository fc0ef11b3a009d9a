"""A transcript that is one JSON document, written anew at every save: what of it must be as it was to be read on."""

import re

from gitml.agents.files import open_plain

SUFFIX = ".json"
SAVED = re.compile(rb'(?<!\\)("lastUpdated"\s*:\s*)"[0-9T:.Z+-]{10,40}"')
"""When it was saved last, which stands before the messages."""


def is_one(path: str) -> bool:
    """Whether a file is a document, by its name."""
    return path.endswith(SUFFIX)


def standing(path: str, offset: int) -> bytes:
    """All that stands before ``offset``, without the time of the save. Raises OSError."""
    with open(open_plain(path), "rb") as file:
        data = file.read(offset)
    head, bracket, rest = data.partition(b"[")
    return b"".join((SAVED.sub(rb"\1", head), bracket, rest))
