"""Looking for secrets in everything gitml has stored: local files, the work tree, the index, all of history."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from gitml.git import staging
from gitml.git.history_blobs import contents, versions
from gitml.git.objects import SHA1_DIGITS, blob_id
from gitml.ops.context import Context
from gitml.store.files import entries, read_bytes
from gitml.store.layout import DATA
from gitml.store.lines import blocks, blocks_of

if TYPE_CHECKING:
    from gitml.ops.redacting.search import Search

SHOWN = 3
"""Characters of a value that a preview shows at most: enough to tell a vendor's prefix."""
SHORT = 16
"""Characters below which a preview shows none: three would be too large a part of the value."""

SPOOL, KEPT, LETTERS = "spool", "kept copy", "dead letters"
SIDE, TREE, INDEX, HISTORY = "side branch", "work tree", "index", "history"
"""Where a finding is. ``SPOOL`` and ``LETTERS`` are local and in no commit."""


CHUNKED = f"{DATA}/tracked/chunked/"
PACKED = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
TOKEN = "token"
"""What an older layout packed, or a part of it, is one long text of Base64: to the rule for opaque tokens it looks like
one. A value of another kind is told there as everywhere."""


class Found(NamedTuple):
    """One finding: ``where`` (see above), ``place`` (a path, ``commit:path`` in history), ``line`` from 1, ``kind``,
    ``preview``, ``length`` in characters; ``blob`` is the git object that holds it, "" for local files."""

    where: str
    place: str
    line: int
    kind: str
    preview: str
    length: int
    blob: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Keys: where place line kind preview length."""
        return {key: value for key, value in self._asdict().items() if key != "blob"}


class Scanned:
    """``found``, how many ``files`` were read, and in ``damage`` what could not be."""

    __slots__ = ("damage", "files", "found")

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.files = 0
        self.damage: list[str] = []


def scan(context: Context, search: Search, *, history: bool = False) -> Scanned:
    """Look through spools, kept copies, dead letters, what is tracked, also on side branches, and with ``history``
    every version of it.

    Raises EngineFailed, GitFailed, OSError. No symbolic link is followed.
    """
    scanned = Scanned()
    layout = context.layout
    for where, folder in ((SPOOL, layout.spools), (KEPT, layout.kept), (LETTERS, layout.dlq)):
        for path in _files(folder):
            _file(scanned, search, where, path, path)
    _tracked(context, search, scanned)
    if history:
        _history(context, search, scanned)
    return scanned


def tracked(context: Context, search: Search) -> Scanned:
    """Look through what is tracked, in the work tree, in the index and on side branches. Raises as ``scan``."""
    scanned = Scanned()
    _tracked(context, search, scanned)
    return scanned


def preview(value: str) -> str:
    """A hint of a value: its first SHOWN characters if it is long, and none of it if it is not."""
    shown = "".join(char if char.isprintable() and char != " " else "?" for char in value[:SHOWN])
    return f"{shown}…" if len(value) >= SHORT else "…"


def _tracked(context: Context, search: Search, scanned: Scanned) -> None:
    """Files on disk, what the index has otherwise, and what side branches hold, as this clone has it."""
    root = context.where.root
    for path in _files(context.layout.side):
        _file(scanned, search, SIDE, path, path, os.path.basename(os.path.dirname(path)))
    staged = staging.staged(root, DATA)
    different = dict(staged)
    for path in _files(context.layout.data):
        name = os.path.relpath(path, root).replace(os.sep, "/")
        blob = staged.get(name, "")
        if blob and blob == blob_id(read_bytes(path), max(len(blob), SHA1_DIGITS)):
            different.pop(name)
        _file(scanned, search, TREE, path, name, blob)
    names = {blob: name for name, blob in different.items() if blob}
    for blob, content in contents(root, names):
        _content(scanned, search, INDEX, names[blob], blob, content)


def _history(context: Context, search: Search, scanned: Scanned) -> None:
    found = {one.blob: one for one in versions(context.where.root, DATA)}
    for blob, content in contents(context.where.root, found):
        one = found[blob]
        _content(scanned, search, HISTORY, f"{one.commit[:12]}:{one.path}", blob, content)


def _content(scanned: Scanned, search: Search, where: str, place: str, blob: str, content: io.RawIOBase | None) -> None:
    if content is None:
        scanned.damage.append(f"{place}: {blob} is not in this clone")
        return
    told = _teller(scanned, place)
    _lines(scanned, search, where, place, blob, blocks_of(io.BufferedReader(content), place.endswith(".gz"), told))


def _file(scanned: Scanned, search: Search, where: str, path: str, place: str, blob: str = "") -> None:
    _lines(scanned, search, where, place, blob, blocks(path, _teller(scanned, place)))


def _teller(scanned: Scanned, place: str) -> Any:
    return lambda line, why: scanned.damage.append(f"{place}:{line}: {why}" if line else f"{place}: {why}")


def _lines(
    scanned: Scanned, search: Search, where: str, place: str, blob: str, found: Iterable[tuple[int, list[bytes]]]
) -> None:
    scanned.files += 1
    for first, lines in found:
        for number, line in enumerate(lines, first):
            for text, one in search.line(line) if line.strip() else ():
                if one.kind == TOKEN and CHUNKED in place and PACKED.fullmatch(text):
                    continue
                value = text[one.start : one.end]
                scanned.found.append(Found(where, place, number, one.kind, preview(value), len(value), blob))


def _files(folder: str) -> Iterator[str]:
    """Regular files below a folder, by path."""
    for entry in entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif entry.is_file(follow_symlinks=False):
            yield entry.path
