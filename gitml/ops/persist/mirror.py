"""What side branches hold, as files for whoever reads: ``<local>/side/<stream>/<blob id>/<stream>.jsonl``.

A file is named by its contents, so it never changes, and two side branches that hold the same part share it. All of it
can be made again from git. The hook path imports this.
"""

import json
import os

from gitml.git.objects import contents, sizes, tree
from gitml.git.run import GitFailed, run
from gitml.ops.persist.sidenames import HEADS, readable
from gitml.redact.gate import seal_state
from gitml.store.files import entries, fsync_dir, make_dirs, read_bytes, write_all, write_atomic
from gitml.store.layout import DATA
from gitml.store.names import STREAM, stream_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.ops.context import Context
    from gitml.store.layout import Layout

    Branches = dict[str, str]
    """{full name of a ref: id of its commit}"""
    Blobs = dict[str, str]
    """{path below ``<local>/side``: blob id}"""

STATE = "side.json"
TRACKED = f"{DATA}/tracked"
FILES = (b"100644", b"100755")
"""Modes of regular files: no link in a tree becomes one here."""

MOST_BYTES = 1 << 30
"""As much as an archive may unpack to; what is larger is no file of gitml's."""

AT_ONCE = 500
"""How many blobs of a remote's a hook takes in at a time."""

AT_ONCE_BYTES = 64 * 1024 * 1024
"""Of contents asked of one git."""

FEW = 32
"""So many new files are made durable one by one; more by one ``sync`` of everything."""


class Taken:
    """What ``take_in`` did: the side ``branches``, those of them that are files now (``whole``), whether something is
    ``gone`` from them, whether some is ``left`` for another time, the ids ``missing`` in this partial clone, and how
    many files are ``new``."""

    __slots__ = ("branches", "gone", "left", "missing", "new", "whole")

    def __init__(self, branches: "Branches") -> None:
        self.branches = branches
        self.whole: Branches = {}
        self.gone = False
        self.left = False
        self.missing: list[str] = []
        self.new = 0


def side_branches(context: "Context", branches: "Branches") -> "Branches":
    """Those of the branches that are side branches: called like one, now or when they were taken in, and with nothing
    but records in them. Raises GitFailed."""
    known, before = readable(context), _state(context.layout)
    named = {
        name: commit
        for name, commit in branches.items()
        if _plain(name) in before or any(one.matches(name) for one in known)
    }
    old = set(before.values())
    asked = {commit: f"{commit}^{{tree}}" for commit in named.values() if commit not in old}
    tops = contents(context.where.root, asked.values()) if asked else {}
    return {name: one for name, one in named.items() if one in old or _records_only(tops.get(asked[one]), one)}


def take_in(context: "Context", branches: "Branches", most: "int | None" = AT_ONCE) -> Taken:
    """Make files of what is new on side branches: all of local ones, ``most`` blobs of remotes' ones (None: all).

    Before a part leaves the spool. Nothing is taken away, so no lock is needed. Raises GitFailed, OSError.
    """
    before = _state(context.layout)
    taken = Taken(branches)
    taken.gone = not {_plain(name) for name in branches} >= before.keys()
    for name, commit in sorted(branches.items()):  # refs/heads come before refs/remotes
        old = before.get(_plain(name), "")
        try:
            whole = old == commit or _take(context, taken, old, commit, None if name.startswith(HEADS) else most)
        except GitFailed:
            if name.startswith(HEADS):  # a part may leave the spool for it
                raise
            whole = False  # a partial clone without its folders: everything else goes on
        if whole:
            taken.whole[_plain(name)] = commit
    return taken


def let_go(context: "Context", taken: Taken) -> None:
    """Forget what no side branch holds any more, after it came back to the spool. Call it under the lock.

    Raises GitFailed, OSError.
    """
    layout = context.layout
    if taken.gone:
        _keep_only(context, taken.branches)
    if taken.whole == _state(layout):
        return
    make_dirs(layout.side)
    write_atomic(os.path.join(layout.local, STATE), seal_state(sorted(taken.whole.items())).data, 0o600)


def lacking(context: "Context") -> "Blobs":
    """What side branches hold that were taken in whole, and is not there any more. Raises GitFailed."""
    held: Blobs = {}
    for commit in set(_noted(context.layout).values()):
        held.update(_held(context.where.root, commit))
    return {path: blob for path, blob in held.items() if not os.path.lexists(os.path.join(context.layout.side, path))}


def make_again(context: "Context") -> None:
    """Make files of all that is lacking. Raises GitFailed, OSError."""
    _make(context, lacking(context))


def _take(context: "Context", taken: Taken, old: str, new: str, most: "int | None") -> bool:
    """Take in what came between two commits. Returns whether that is all there now."""
    added, gone = _changed(context.where.root, old, new)
    taken.gone |= gone
    side = context.layout.side
    lacking = {path: blob for path, blob in added.items() if not os.path.lexists(os.path.join(side, path))}
    now = dict(list(lacking.items())[:most])
    missing = _make(context, now)
    taken.missing += missing
    taken.new += len(now) - len(missing)
    taken.left |= len(now) < len(lacking)
    return len(now) == len(lacking) and not missing


def _records_only(top: "bytes | None", commit: str) -> bool:
    return top is not None and [name for name, _, _ in tree(top, len(commit))] == [DATA]


def _changed(root: str, old: str, new: str) -> "tuple[Blobs, bool]":
    """The stream files that came between two commits ("" for none), and whether any went."""
    if old:
        done = run(root, "diff-tree", "-r", "-z", "--no-renames", old, new, "--", TRACKED, check=False)
        if done.code == 0:
            return _of_diff(done.out)
    return _held(root, new), bool(old)


def _of_diff(out: bytes) -> "tuple[Blobs, bool]":
    fields = out.split(b"\0")[:-1]
    added: Blobs = {}
    gone = False
    for meta, path in zip(fields[::2], fields[1::2], strict=True):
        _, mode, _, blob, _ = meta.split(b" ")
        added.update(_named(mode, blob, path))
        gone |= not meta.startswith(b":000000")
    return added, gone


def _held(root: str, commit: str) -> "Blobs":
    """All stream files of a commit."""
    found: Blobs = {}
    for entry in run(root, "ls-tree", "-r", "-z", commit, "--", TRACKED).out.split(b"\0")[:-1]:
        meta, _, path = entry.partition(b"\t")
        mode, _, blob = meta.split(b" ")
        found.update(_named(mode, blob, path))
    return found


def _named(mode: bytes, blob: bytes, path: bytes) -> "Blobs":
    """Where a file of a tree goes: {path below ``side``: blob id}; nothing for what is no stream file."""
    name = path.rpartition(b"/")[2].decode("utf-8", "replace")
    stream = stream_of(name)
    if mode not in FILES or STREAM.fullmatch(stream) is None:
        return {}
    return {f"{stream}/{blob.decode()}/{name}": blob.decode()}


def _make(context: "Context", blobs: "Blobs") -> "list[str]":
    """Write these files, as far as they are not too large. Returns the ids that are not in this clone."""
    if len(blobs) <= FEW:
        return _write(context, blobs) if blobs else []
    known = sizes(context.where.root, blobs.values())
    missing: list[str] = []
    stretch: Blobs = {}
    room = AT_ONCE_BYTES
    for path, blob in blobs.items():
        size = known.get(blob, 0)
        if size > room and stretch:
            missing += _write(context, stretch)
            stretch, room = {}, AT_ONCE_BYTES
        if size <= MOST_BYTES:
            stretch[path] = blob
            room -= size
    return missing + _write(context, stretch)


def _write(context: "Context", blobs: "Blobs") -> "list[str]":
    """Durable under a name of their own first: what has its right name is whole. Returns the ids that are not there."""
    found = contents(context.where.root, blobs.values())
    made = [(os.path.join(context.layout.side, path), found[blob]) for path, blob in blobs.items() if blob in found]
    mark, few = f".{os.getpid()}.tmp", len(made) <= FEW
    for path, data in made:
        (make_dirs if few else _make_dirs)(os.path.dirname(path))
        _put(path + mark, data, few)
    if not few:
        os.sync()
    for path, _ in made:
        os.rename(path + mark, path)
        if few:
            fsync_dir(os.path.dirname(path))
    return [blob for blob in blobs.values() if blob not in found]


def _put(path: str, data: bytes, durable: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        write_all(descriptor, data)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_dirs(path: str) -> None:
    os.makedirs(path, 0o700, exist_ok=True)


def _keep_only(context: "Context", branches: "Branches") -> None:
    from gitml.store.trees import remove_tree

    root = context.where.root
    wanted = {path.rpartition("/")[0] for commit in set(branches.values()) for path in _held(root, commit)}
    for folder in _folders(context.layout):
        if os.path.relpath(folder, context.layout.side) not in wanted:
            remove_tree(folder)


def _folders(layout: "Layout") -> "Iterable[str]":
    streams = [entry for entry in entries(layout.side) if entry.is_dir(follow_symlinks=False)]
    return [one.path for stream in streams for one in entries(stream.path) if one.is_dir(follow_symlinks=False)]


def _state(layout: "Layout") -> "Branches":
    """The side branches that were taken in whole; none where their files are gone."""
    return _noted(layout) if os.path.isdir(layout.side) else {}


def _noted(layout: "Layout") -> "Branches":
    """What is written down as taken in."""
    try:
        state = json.loads(read_bytes(os.path.join(layout.local, STATE)))
        return {str(name): str(commit) for name, commit in state}
    except (OSError, ValueError, TypeError):
        return {}


def _plain(name: str) -> str:
    """A ref's name as JSON can hold it: git takes any bytes for one."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
