"""A transcript that is one JSON document, written anew at every save: what of it must be as it was to be read on."""

import re

from gitml.agents.files import open_plain
from gitml.model.digest import hexhash

SUFFIX = ".json"
SAVED = re.compile(rb'(?<!\\)("lastUpdated"\s*:\s*)"[0-9T:.Z+-]{10,40}"')
"""When it was saved last, which stands before the messages."""


def is_one(path: str) -> bool:
    """Whether a file is a document, by its name."""
    return path.endswith(SUFFIX)


def standing(path: str, offset: int) -> bytes:
    """What tells all that stands before ``offset``, but for the time of the save, from anything else: the head, and a
    hash of the rest. Raises OSError."""
    with open(open_plain(path), "rb") as file:
        data = file.read(offset)
    end = data.find(b"[") + 1 or len(data)
    return SAVED.sub(rb"\1", data[:end]) + hexhash(memoryview(data)[end:], 32).encode()
