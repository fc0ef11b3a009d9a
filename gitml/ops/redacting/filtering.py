"""``gitml redact --filter``: one file's bytes in, the same without secrets out. What rewriting history calls."""

from __future__ import annotations

import gzip
import os

from gitml.errors import NothingHere
from gitml.git import where as locations
from gitml.ops import context as opening
from gitml.ops.redacting.cleaning import Cleaner
from gitml.ops.redacting.search import Search, search_in

GZIP = b"\x1f\x8b"


def search_at(folder: str) -> Search:
    """The search of the repository at ``folder``. Raises NothingHere where there is none, BadUsage, EngineFailed."""
    if locations.find(folder) is None:
        raise NothingHere("not in a git repository", where=os.path.abspath(folder))
    return search_in(opening.open_at(folder))


def filtered(data: bytes, search: Search) -> bytes:
    """The file without secrets; without any, its very bytes. Raises EngineFailed, OSError for a damaged archive."""
    if data.startswith(GZIP):
        plain = gzip.decompress(data)
        clean = filtered(plain, search)
        return data if clean == plain else gzip.compress(clean, mtime=0)
    cleaner = Cleaner(search)
    return b"\n".join(_line(line, cleaner) for line in data.split(b"\n"))


def _line(line: bytes, cleaner: Cleaner) -> bytes:
    """What is no record (a config, a line that was torn) is cleaned as a text."""
    sealed = cleaner.line("", line) if line.strip() else None
    if sealed is None:
        return line
    return sealed.data or cleaner.text(line)
