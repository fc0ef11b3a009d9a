"""Work in a process of its own, which goes on whatever becomes of the one that waits for it. For the hook path, too."""

import os
import select
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def beside(work: "Callable[[], object]", deadline: float) -> bool:
    """Do the work in a process of its own and wait for its end, at most until ``deadline`` (monotonic clock).

    Returns whether it ended. Nothing of what it raises comes here. Raises OSError where no process can be made.
    """
    from gitml.git.process import detach

    ours, theirs = os.pipe()
    try:
        try:
            detach(work, keep=theirs)
        finally:
            os.close(theirs)
        poll = select.poll()
        poll.register(ours, select.POLLHUP)
        return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
    finally:
        os.close(ours)
