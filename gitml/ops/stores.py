"""The stores of this user on this machine: ``$XDG_STATE_HOME/gitml/stores/``, one small file a clone, written where it
is set up. It tells of folders alone, and is made again by ``gitml init``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from gitml.model.jsonl import decode
from gitml.ops.health.place import name_of, state_folder
from gitml.redact.gate import seal_state
from gitml.store.files import entries, make_dirs, read_bytes, remove_files, remove_if_empty, write_atomic

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.store.layout import Layout

FOLDER, SUFFIX = "stores", ".json"


class Known(NamedTuple):
    """``entry``: the file that tells of it · ``root`` of the work tree it was set up in · ``common``: the git directory
    that all its work trees share."""

    entry: str
    root: str
    common: str

    @property
    def gone(self) -> bool:
        """Whether there is no such clone now."""
        return not os.path.lexists(self.common)

    @property
    def away(self) -> bool:
        """Whether one that is gone may come back: where it lay is nothing at all, as where a disk is not plugged in."""
        folder = self.root if os.path.isdir(self.root) else os.path.dirname(self.root)
        try:
            return not os.listdir(folder)
        except OSError:
            return True


def note(context: Context, environ: Mapping[str, str]) -> None:
    """Remember this clone. Never raises: without it ``--all-repos`` passes one over, and no more."""
    with suppress(OSError):
        _note(context, environ)


def forget(layout: Layout, environ: Mapping[str, str]) -> None:
    """gitml was taken out of this clone. Raises OSError."""
    path = _path(layout, environ)
    if path is not None:
        _drop(path)


def known(environ: Mapping[str, str]) -> Iterator[Known]:
    """Every clone that is remembered, gone or not, in the order of their names. Raises OSError."""
    folder = state_folder(environ)
    for entry in entries(os.path.join(folder, FOLDER)) if folder is not None else ():
        found = _read(entry.path) if entry.name.endswith(SUFFIX) else None
        if found is not None:
            yield found


def drop(gone: Known) -> None:
    """Forget a clone that is no more. Raises OSError."""
    _drop(gone.entry)


def _note(context: Context, environ: Mapping[str, str]) -> None:
    path = _path(context.layout, environ)
    if path is None:
        return
    there = _read(path)
    if there is not None and there.common == context.where.common_dir and os.path.isdir(there.root):
        return
    told = {"root": context.where.root, "git": context.where.common_dir}
    data = seal_state(told).data
    if decode(data) == told:  # a path that the gate changes names nothing any more
        make_dirs(os.path.dirname(path))
        write_atomic(path, data + b"\n", 0o600)


def _path(layout: Layout, environ: Mapping[str, str]) -> str | None:
    folder = state_folder(environ)
    return None if folder is None else os.path.join(folder, FOLDER, name_of(layout) + SUFFIX)


def _read(path: str) -> Known | None:
    try:
        told = decode(read_bytes(path))
        root, common = told["root"], told["git"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    whole = isinstance(root, str) and isinstance(common, str) and os.path.isabs(root) and os.path.isabs(common)
    return Known(path, root, common) if whole else None


def _drop(path: str) -> None:
    remove_files([path])
    folder = os.path.dirname(path)
    remove_if_empty(folder)
    remove_if_empty(os.path.dirname(folder))
