"""Checks of what git has: live parts as their commits made them, nothing in the index that does not belong there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.git import edits, unmerged
from gitml.git.run import GitFailed
from gitml.ops.migrating.sources.files import FOLDERS, RUNNING
from gitml.ops.migrating.sources.shared import LEGACY
from gitml.ops.riding.journal import LIVE
from gitml.ops.setup.store_files import missing_attributes, relative
from gitml.ops.verifying import known
from gitml.ops.verifying.blobs import id_of_file
from gitml.ops.verifying.finding import DAMAGE, WARNING, Finding, Subject
from gitml.ops.verifying.putting_back import PutBack, Recall
from gitml.store.files import read_bytes
from gitml.store.layout import DATA
from gitml.store.names import is_part, stream_of

if TYPE_CHECKING:
    from gitml.git.edits import Edit

HISTORY_SECONDS = 60.0
"""For all of history. 10,000 commits take about two; what takes longer is left unread, and that is said."""

TRACKED = f"{DATA}/tracked"
LOCAL = frozenset("spool kept cursors dlq logs raw events heartbeats registry riding tombstones lock".split())
"""What is local has these names, in the git directory."""

FILES = frozenset({f"{DATA}/{name}" for name in ("config.toml", ".gitattributes", ".gitignore", "README.md")})

OLDER = tuple(f"{DATA}/{name}" for name in (*(f"{folder}/" for folder in (*FOLDERS, LEGACY)), RUNNING))
"""Files of older layouts, which stay as they are, and what ``gitml migrate`` moved."""


def edited(subject: Subject) -> Iterator[Finding]:
    """Parts of which work tree or index have other bytes than HEAD, and stream files missing from the work tree."""
    root = subject.context.where.root
    in_index = {edit.path: edit for edit in edits.staged(root, LIVE) if edit.status in "MT"}
    for edit in in_index.values():
        yield _edited(edit.path, "the index has other bytes than HEAD", PutBack(root, edit.path, edit.before, True))
    for edit in edits.unstaged(root, TRACKED):
        if edit.path in subject.unmerged or edit.path in in_index or not _differs(root, edit):
            continue
        step = PutBack(root, edit.path, edit.before, False)
        subject.edited[edit.path] = step
        if edit.status == "D":
            yield _edited(edit.path, "missing from the work tree", step)
        elif edit.path.startswith(f"{LIVE}/") or not _is_file(root, edit):
            yield _edited(edit.path, "changed after a commit carried it", step)


def _edited(path: str, says: str, step: PutBack) -> Finding:
    return Finding("parts", DAMAGE, path, says, step=step if stream_of(os.path.basename(path)) else None)


def _is_file(root: str, edit: Edit) -> bool:
    """git takes a device for a changed file."""
    path = os.path.join(root, edit.path)
    return os.path.isfile(path) and not os.path.islink(path)


def _differs(root: str, edit: Edit) -> bool:
    """git compares times first, and asks for the bytes only when it refreshes its index."""
    return edit.status != "M" or id_of_file(os.path.join(root, edit.path), len(edit.before)) != edit.before


def changed(subject: Subject) -> Iterator[Finding]:
    """Parts that some commit changed. What both versions hold can be read; the commit is named."""
    subject.progress("history")
    root = subject.context.where.root
    try:
        found = edits.in_history(root, LIVE, HISTORY_SECONDS)
    except GitFailed as error:
        yield Finding("history", WARNING, LIVE, f"history was not read to its end: {error.what}")
        return
    seen = set()
    for edit in found:
        mark = known.thing_mark(edit.path, edit.before, edit.after)
        if mark not in seen and is_part("/".join(edit.path.split("/")[3:5])):
            seen.add(mark)
            says = f"commit {edit.commit[:12]} changed a part that was carried before"
            yield Finding("history", DAMAGE, edit.path, says, step=Recall(root, edit, mark), mark=mark)


def index(subject: Subject) -> Iterator[Finding]:
    """What is tracked below .git-ml: settings, attributes, stream files; no links, nothing local."""
    for path, mode in unmerged.modes(subject.context.where.root, DATA).items():
        take_out = f"git rm --cached '{path}'"
        if not mode.startswith(unmerged.FILE):
            kind = "a submodule" if mode == "160000" else "a symbolic link"
            yield Finding("index", DAMAGE, path, f"{kind} is tracked, and never followed", mend=take_out)
        elif path.split("/")[1] in LOCAL:
            yield Finding("index", DAMAGE, path, "local state is tracked", mend=take_out)
        elif path not in FILES and not path.startswith((f"{TRACKED}/", *OLDER)):
            yield Finding("index", WARNING, path, "tracked, and no file of gitml's", mend=take_out)
        elif path.startswith(f"{LIVE}/") and not _in_part(path):
            yield Finding("index", WARNING, path, "lies below live/ and in no part")


def set_up(subject: Subject) -> Iterator[Finding]:
    """Attributes and base files as ``gitml init`` writes them, in the index at least."""
    root, layout = subject.context.where.root, subject.context.layout
    held = unmerged.modes(root, DATA)
    if not held:
        return
    missing = [path for path in relative(layout) if path not in held]
    if missing:
        yield Finding(
            "set-up", WARNING, missing[0], f"{len(missing)} files of a store are not tracked", mend="gitml init"
        )
    try:
        text = read_bytes(os.path.join(layout.data, ".gitattributes")).decode("utf-8", "replace")
    except OSError:
        return
    lacking = missing_attributes(text)
    if lacking:
        yield Finding("set-up", WARNING, f"{DATA}/.gitattributes", f"it lacks: {lacking[0]}", mend="gitml init")


def _in_part(path: str) -> bool:
    pieces = path.split("/")
    return len(pieces) == 6 and is_part("/".join(pieces[3:5]))
