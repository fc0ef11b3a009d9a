"""``gitml redact --fix``: secrets out of what no commit carries yet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitml.git import placing, staging
from gitml.git.objects import SHA1_DIGITS, blob_id
from gitml.ops.compat import purging as compat
from gitml.ops.redacting.cleaning import Cleaner
from gitml.ops.riding import journal
from gitml.ops.riding.journal import LIVE
from gitml.store import part as part_files
from gitml.store import spool
from gitml.store.files import entries, read_bytes
from gitml.store.lock import hold
from gitml.store.mending import mend_file, mend_part

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.redacting.search import Search
    from gitml.store.layout import Layout
    from gitml.store.part import Part


class Mended:
    """``parts`` rewritten, by the name they had; ``busy`` ones that a running commit carries; ``letters``: files of
    dead letters rewritten; ``files`` of an older layout, written by gitml; ``kinds`` {kind: how many went}."""

    __slots__ = ("busy", "files", "kinds", "letters", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.busy: list[str] = []
        self.letters: list[str] = []
        self.files: list[str] = []
        self.kinds: dict[str, int] = {}

    def to_dict(self) -> dict[str, Any]:
        """Keys: parts busy letters files kinds."""
        return {
            "parts": self.parts,
            "busy": self.busy,
            "letters": self.letters,
            "files": self.files,
            "kinds": self.kinds,
        }


def mend(context: Context, search: Search, *, dry_run: bool = False) -> Mended:
    """Rewrite parts of all spools and dead letters in which anything is found; a dry run only says which.

    Under the lock; each part is whole by itself, and another run does what one that was stopped left. Copies of a part
    that were staged by hand leave the index. Raises Busy, GitFailed, OSError, EngineFailed, GitmlError.
    """
    mended = Mended()
    layout = context.layout
    with hold(layout.lock):
        riding = {path for ride in journal.rides(layout) if ride.running for path in ride.blobs}
        for tree in [layout.of(entry.name) for entry in entries(layout.spools) if entry.is_dir(follow_symlinks=False)]:
            if not dry_run:
                part_files.sweep(tree.spool)
            for part in spool.parts(tree):
                _part(context, tree, part, search, mended, riding, dry_run)
        for entry in entries(layout.dlq):
            if entry.is_file(follow_symlinks=False) and entry.name.endswith(".jsonl"):
                _letters(entry.path, search, mended, dry_run)
        cleaner = Cleaner(search)
        mended.files = compat.mend(layout, lambda line: cleaner.line("", line), dry_run=dry_run)
        _count(mended, cleaner)
    return mended


def _part(
    context: Context, tree: Layout, part: Part, search: Search, mended: Mended, riding: set[str], dry_run: bool
) -> None:
    cleaner = Cleaner(search)
    if not _needs(part, cleaner):
        return
    if any(path in riding for path in _published(part)):
        mended.busy.append(part.name)
        return
    mended.parts.append(part.name)
    _count(mended, cleaner)
    if dry_run:
        return
    blobs = {path: read_bytes(file) for path, file in _published(part).items()}
    if tree.worktree == context.layout.worktree:
        _unstage(context, blobs)
    mend_part(tree, part, cleaner.line)


def _needs(part: Part, cleaner: Cleaner) -> bool:
    """Whether any line would change. Every line is cleaned once here, so that what cannot be is known beforehand."""
    changed = False
    for stream in part.streams():
        for line in read_bytes(part.file(stream)).split(b"\n"):
            changed |= bool(line.strip()) and cleaner.line(stream, line) is not None
    return changed


def _published(part: Part) -> dict[str, str]:
    """{path in the work tree: file in the spool}"""
    return {f"{LIVE}/{part.name}/{stream}.jsonl": part.file(stream) for stream in part.streams()}


def _unstage(context: Context, blobs: dict[str, bytes]) -> None:
    """Copies that ``gitml seal`` put into index and work tree, which no commit has."""
    root = context.where.root
    held = staging.staged(root, LIVE)
    digits = max(map(len, held.values()), default=SHA1_DIGITS)
    committed = staging.committed(root, "HEAD", blobs) if blobs else {}
    ours = {path: blob_id(data, digits) for path, data in blobs.items() if path not in committed}
    staged = [path for path, blob in ours.items() if held.get(path) == blob]
    if staged:
        staging.remove(root, staged)
    for path, blob in ours.items():
        placing.take_away(root, path, lambda data, blob=blob: blob_id(data, digits) == blob)  # type: ignore[misc]


def _letters(path: str, search: Search, mended: Mended, dry_run: bool) -> None:
    cleaner = Cleaner(search)
    if not any(cleaner.line("", line) is not None for line in read_bytes(path).split(b"\n") if line.strip()):
        return
    mended.letters.append(os.path.basename(path))
    if not dry_run:
        cleaner.kinds.clear()
        mend_file(path, "", cleaner.line)
    _count(mended, cleaner)


def _count(mended: Mended, cleaner: Cleaner) -> None:
    for kind, count in cleaner.kinds.items():
        mended.kinds[kind] = mended.kinds.get(kind, 0) + count
