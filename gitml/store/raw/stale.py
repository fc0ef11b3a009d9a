"""That something was forgotten which raw copies may still hold: the file ``raw/stale``, empty until somebody has tried.

The hook path imports this where there is one.

Taking lines out of copies takes seconds, so it is done after the rest; a kill in between must not leave them there.
"""

import os
import time

from gitml.store.files import remove_files, write_atomic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.store.layout import Layout

NAME = "stale"
AGAIN = 3600.0
"""Seconds."""


def note(layout: "Layout") -> None:
    """Say so, durably, where there are any copies. Raises OSError."""
    if os.path.isdir(layout.raw):
        write_atomic(os.path.join(layout.raw, NAME), b"", 0o600)


def noted(layout: "Layout") -> bool:
    """Whether anybody said so."""
    return os.path.exists(os.path.join(layout.raw, NAME))


def due(layout: "Layout") -> bool:
    """Whether it is to be done beside the work: what failed is tried again after an hour."""
    try:
        mark = os.stat(os.path.join(layout.raw, NAME))
    except OSError:
        return False
    return not mark.st_size or time.time() - mark.st_mtime > AGAIN


def tried(layout: "Layout") -> None:
    """It could not be done. Raises OSError."""
    write_atomic(os.path.join(layout.raw, NAME), b"tried\n", 0o600)


def settled(layout: "Layout") -> None:
    """It is done. Raises OSError."""
    remove_files([os.path.join(layout.raw, NAME)])
