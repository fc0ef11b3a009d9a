"""Dead letters: what could not be made a record, kept for a person to look at. ``dlq/<day>.jsonl``, local."""

import os
import time

from gitml.model.sealed import check
from gitml.store.appending import Batch
from gitml.store.files import make_dirs
from gitml.store.layout import Layout
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.model.sealed import Sealed


def put(layout: Layout, sealed: "Sealed") -> None:
    """Keep one dead letter. Raises Busy, OSError."""
    _add(layout, check(sealed).data + b"\n")


def set_aside(layout: Layout, lines: "list[bytes]") -> None:
    """Keep lines of a part that are no records any more: they passed the gate before they were torn."""
    _add(layout, b"".join(line + b"\n" for line in lines))


def _add(layout: Layout, data: bytes) -> None:
    make_dirs(layout.dlq)
    path = os.path.join(layout.dlq, time.strftime("%Y%m%d", time.gmtime()) + ".jsonl")
    with hold(layout.lock), Batch() as batch:
        batch.add(path, data)
        batch.settle()
