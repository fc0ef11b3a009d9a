"""Where the history lies: in the user's state folder, since it tells of a machine and must outlive the clone."""

from __future__ import annotations

import os
from collections.abc import Mapping

from gitml.model.digest import hexhash
from gitml.store.files import remove_files, remove_if_empty, safe_name
from gitml.store.layout import Layout


def history_of(layout: Layout, environ: Mapping[str, str]) -> str | None:
    """``$XDG_STATE_HOME/gitml/health/<folder>-<hash of the clone's path>.jsonl``; None where there is no home.

    As for the user's config no platform has a folder of its own, so one path fits in every page and script.
    """
    folder = state_folder(environ)
    return None if folder is None else os.path.join(folder, "health", f"{name_of(layout)}.jsonl")


def name_of(layout: Layout) -> str:
    """``<folder>-<hash of the clone's path>``: what a clone is called in the user's state folder."""
    common = os.path.dirname(layout.local)
    clone = os.path.dirname(common) if os.path.basename(common) == ".git" else common
    return f"{safe_name(os.path.basename(clone))}-{hexhash(os.fsencode(common), 12)}"


def forget_history(layout: Layout, environ: Mapping[str, str]) -> None:
    """Remove the clone's history, if it has one, and the folders that hold nothing else. Raises OSError."""
    path = history_of(layout, environ)
    if path is None:
        return
    remove_files([path, f"{path}.lock"])
    folder = os.path.dirname(path)
    remove_if_empty(folder)
    remove_if_empty(os.path.dirname(folder))


def state_folder(environ: Mapping[str, str]) -> str | None:
    """``$XDG_STATE_HOME/gitml``, or ``~/.local/state/gitml``. A relative path counts for nothing, as its
    specification has it."""
    base = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        home = environ.get("HOME", "")
        if not os.path.isabs(home):
            return None
        base = os.path.join(home, ".local", "state")
    return os.path.join(base, "gitml")
