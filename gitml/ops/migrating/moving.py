"""An older layout's lines out of the files that bear our base's names, into ``.git-ml/legacy/``.

Lines of gitml's own stay, byte for byte; all others move, in their order, with whatever stands between them. The file
gets a second name first, so that what a running tool still appends to it is in reach until all of it is moved.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.config import SIDE_BRANCH
from gitml.errors import GitmlError
from gitml.git import head, progress, staging
from gitml.git.objects import contents
from gitml.git.run import run
from gitml.git.unmerged import unmerged
from gitml.ops.compacting.refusing import name_of_default
from gitml.ops.migrating.old_keys import STREAMS, is_old
from gitml.ops.migrating.refs import BOM, Unreadable, line_of
from gitml.ops.migrating.sources.shared import LEGACY
from gitml.ops.redacting.cleaning import Cleaner
from gitml.ops.redacting.search import search_in
from gitml.store.files import TEMPORARY, entries, make_dirs, read_bytes, remove_files, write_atomic
from gitml.store.layout import DATA, Layout
from gitml.store.lines import blocks
from gitml.store.lock import hold
from gitml.store.sifting import parsed

if TYPE_CHECKING:
    from gitml.ops.context import Context

MOVING = ".moving"
ATTRIBUTES = b"# Two branches may both have moved lines here: both sides' lines are kept.\n*.jsonl merge=union\n"


def waiting(layout: Layout) -> dict[str, int]:
    """{path of a base file: how many lines of an older layout are in it}, and files that a kill left on their way."""
    found = {}
    for stream in STREAMS:
        path = _base(layout, stream)
        _, theirs, old = split(stream, _content(path))
        if old or os.path.lexists(_on_its_way(layout, stream)):
            found[path] = len(theirs)
    return found


def files(layout: Layout) -> list[str]:
    """The base files that hold a line of an older layout. Each is read up to the first such line."""
    return [_base(layout, stream) for stream in STREAMS if _holds_old(layout, stream)]


def _holds_old(layout: Layout, stream: str) -> bool:
    path = _base(layout, stream)
    if os.path.islink(path) or not os.path.isfile(path):  # a device would give lines without end
        return False
    lines = (line for _, some in blocks(path, lambda number, why: None) for line in some)
    return any(is_old(stream, record) for line in lines if (record := parsed(line)[0]) is not None)


def refusal(context: Context) -> str:
    """Why nothing can be moved here, with what to do; "" where it can."""
    root = context.where.root
    if os.path.islink(os.path.join(context.layout.data, LEGACY)):
        return f"{DATA}/{LEGACY} is a symbolic link, which is not followed"
    if progress.in_progress(context.where.git_dir):
        return "a merge, rebase or the like is in progress: finish it, then gitml migrate"
    if unmerged(root, DATA):
        return "files are in conflict: gitml verify --repair, then gitml migrate"
    try:
        wanted = name_of_default(context)
    except GitmlError as error:
        return f"{error.what}: {error.hint}"
    here = head.branch(context.where.git_dir)
    if here == wanted:
        return ""
    standing = f"on branch {here}" if here else "on no branch"
    return f"{standing}; they are moved on {wanted} alone: git switch {wanted}; gitml migrate"


def move(context: Context) -> dict[str, int]:
    """Move what is waiting, and stage it. Returns {path: lines moved}. Run again after a kill it does the rest.

    Raises Busy, OSError, GitFailed.
    """
    layout = context.layout
    with hold(layout.lock):
        _sweep(layout)
        found = waiting(layout)
        cleaning = _Cleaning(context)
        for path in found:
            _move(layout, os.path.basename(path).removesuffix(".jsonl"), _without_base(context), cleaning)
        paths = [path for path in _touched(layout) if os.path.lexists(path) or path in found]
        _stage(context, paths)
    return found


def split(stream: str, data: bytes) -> tuple[list[bytes], list[bytes], int]:
    """(lines of gitml's own, all others, how many of those are records of an older layout), with their endings."""
    ours: list[bytes] = []
    theirs: list[bytes] = []
    old = 0
    for line in data.splitlines(keepends=True) if b"\r" not in data else _lines(data):
        try:
            is_theirs = is_old(stream, line_of(line))
            old += is_theirs
        except Unreadable:
            is_theirs = True
        (theirs if is_theirs else ours).append(line)
    return ours, theirs, old


def _lines(data: bytes) -> list[bytes]:
    """A line ends with a newline alone: a carriage return may stand in the middle of a torn one."""
    pieces = data.split(b"\n")
    return [piece + b"\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


class _Cleaning:
    """Lines that no commit has yet are redacted before the move stages them; what is in history stays as it is."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._cleaner: Cleaner | None = None

    def lines(self, path: str, lines: list[bytes]) -> list[bytes]:
        """The lines of a base file as they may be staged. Raises EngineFailed, GitFailed, GitmlError."""
        root = self.context.where.root
        blob = staging.committed(root, "HEAD", [os.path.relpath(path, root)])
        held = next(iter(contents(root, blob.values()).values()), None) or b""
        known = {line.rstrip(b"\r\n") for line in held.split(b"\n")}
        return [line if line.rstrip(b"\r\n") in known else self._clean(line) for line in lines]

    def _clean(self, line: bytes) -> bytes:
        if self._cleaner is None:
            self._cleaner = Cleaner(search_in(self.context))
        bare = line.removeprefix(BOM).strip()
        sealed = self._cleaner.line("", bare) if bare else None
        if sealed is None:
            return line
        return (sealed.data or self._cleaner.text(bare)) + b"\n"


def _move(layout: Layout, stream: str, without_base: bool, cleaning: _Cleaning) -> None:
    path, aside = _base(layout, stream), _on_its_way(layout, stream)
    folder = os.path.dirname(aside)
    make_dirs(folder, 0o755)
    write_atomic(os.path.join(folder, ".gitattributes"), ATTRIBUTES)
    if not os.path.lexists(aside):
        _second_name(path, aside)
        write_atomic(path, b"".join(split(stream, _content(path))[0]))
    ours, theirs, _ = split(stream, read_bytes(aside))
    legacy = os.path.join(folder, f"{stream}.jsonl")
    _add(legacy, cleaning.lines(path, theirs))
    _add(path, ours)
    if without_base and not _content(path):
        remove_files([path])
    remove_files([aside])


def _second_name(path: str, aside: str) -> None:
    """A name by which late lines are in reach; a copy where the disk has no such thing."""
    try:
        os.link(path, aside, follow_symlinks=False)
    except OSError:
        write_atomic(aside, read_bytes(path))


def _sweep(layout: Layout) -> None:
    """What a killed run left of files that were not whole."""
    for folder in (os.path.join(layout.data, LEGACY), layout.tracked):
        left = [
            entry.path for entry in entries(folder) if entry.name.startswith(".") and entry.name.endswith(TEMPORARY)
        ]
        remove_files(left)


def _add(path: str, lines: list[bytes]) -> None:
    """Add the lines that a file lacks; a first file gets them as they are, doubles and all."""
    before = _content(path)
    if before:
        there = {line.rstrip(b"\r\n") for line in before.split(b"\n")}
        lines = [line for line in lines if line.strip() and line.rstrip(b"\r\n") not in there]
        before += b"" if before.endswith(b"\n") else b"\n"
    if lines:
        write_atomic(path, before + b"".join(lines))


def _stage(context: Context, paths: list[str]) -> None:
    """Stage those of the paths that are not as the index has them, and nothing else of the user's."""
    root = context.where.root
    names = [os.path.relpath(path, root) for path in paths]
    if not names:
        return
    out = run(root, "status", "--porcelain=v1", "-z", "--no-renames", "--ignored", "-uall", "--", *names).out
    changed = [entry[3:] for entry in out.decode("utf-8", "surrogateescape").split("\0") if entry and entry[1] != " "]
    there = [name for name in changed if os.path.lexists(os.path.join(root, name))]
    if there:
        staging.add(root, there)
    gone = [name for name in changed if name not in there]
    if gone:
        staging.remove(root, gone)


def _touched(layout: Layout) -> list[str]:
    """What a move touches, of the streams that were ever moved."""
    folder = os.path.join(layout.data, LEGACY)
    moved = [stream for stream in STREAMS if os.path.isfile(os.path.join(folder, f"{stream}.jsonl"))]
    legacy = [os.path.join(folder, f"{stream}.jsonl") for stream in moved]
    rest = [os.path.join(folder, ".gitattributes")] if moved else []
    return [*rest, *legacy, *(_base(layout, stream) for stream in moved)]


def _without_base(context: Context) -> bool:
    """Where records go to side branches, the working branch has no base files."""
    return bool(context.config.get("persist") == SIDE_BRANCH)


def _base(layout: Layout, stream: str) -> str:
    return os.path.join(layout.tracked, f"{stream}.jsonl")


def _on_its_way(layout: Layout, stream: str) -> str:
    return os.path.join(layout.data, LEGACY, f"{stream}.jsonl{MOVING}")


def _content(path: str) -> bytes:
    if os.path.islink(path) or not os.path.isfile(path):
        return b""
    return read_bytes(path)
