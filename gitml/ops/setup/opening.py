"""Opening a repository that may not be set up yet."""

from __future__ import annotations

import os

from gitml.errors import NothingHere
from gitml.ops.context import Context, open_at
from gitml.ops.setup.gitcall import ask


def open_here(folder: str) -> Context:
    """The work tree that holds ``folder``. Raises NothingHere, also in a bare repository: it has nothing to work in."""
    if ask(folder, "rev-parse", "--is-bare-repository") == "true":
        raise NothingHere(
            "a bare repository has no work tree to set up",
            where=os.path.abspath(folder),
            hint="git clone it, and run gitml init in the clone",
        )
    return open_at(folder)
