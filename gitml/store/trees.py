"""Removing a whole folder while others may still be writing in it."""

import errno
import os
import shutil
import time

PATIENCE = 5.0
"""Seconds. A process that tidies up after a hook is done within a tenth of one."""
PAUSE = 0.05


def remove_tree(path: str) -> None:
    """Remove a folder and all in it; one that is missing is removed. What a process that is about to end still adds is
    waited for. Raises OSError where it cannot be removed."""
    deadline = time.monotonic() + PATIENCE
    while os.path.lexists(path):
        try:
            shutil.rmtree(path)
        except OSError as error:
            passing = error.errno in (errno.ENOTEMPTY, errno.ENOENT)
            if not passing or time.monotonic() > deadline:
                raise
            time.sleep(PAUSE)
