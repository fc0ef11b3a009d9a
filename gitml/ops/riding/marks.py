"""Which commits are running: the pre-commit hook leaves an empty file named after work tree and git's process.

``<local>/committing/<work tree>.<number>``. The shell text writes one only where the folder exists, and that is made
where gitml commits by itself: a branch moved under a commit that waits in its editor would make it fail.
"""

import os

from gitml.git import process
from gitml.store.files import entries, make_dirs, remove_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.store.layout import Layout

FOLDER = "committing"


def ask_for(layout: "Layout") -> None:
    """From now on commits are marked. Raises OSError."""
    make_dirs(os.path.join(layout.local, FOLDER))


def committing(layout: "Layout") -> bool:
    """Whether a commit is running in this work tree. Marks of those that ended go."""
    running = False
    for entry in entries(os.path.join(layout.local, FOLDER)):
        tree, _, number = entry.name.rpartition(".")
        if number.isdigit() and process.is_git(int(number)):
            running = running or tree == layout.worktree
        else:
            remove_files([entry.path])
    return running
