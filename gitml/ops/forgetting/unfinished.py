"""Forgetting that a kill or a full disk cuts off is finished by the next hook or command. The hook path imports this.

What is to be done is written down first: records that views hide already would otherwise still ride with a commit.
"""

import json
import os

from gitml.redact.gate import seal, seal_state
from gitml.store import cursors, spool, tombstones
from gitml.store.files import make_dirs, read_bytes, remove_files, write_atomic
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.store.layout import Layout

FILE = "forgetting.json"
"""In the local state: ``graves``, the tombstones; ``cursors``, [agent, session id] of those that go; ``digests``, the
ids of those that quote what goes. No text of any."""


def do(layout: "Layout", graves: "list[dict[str, Any]]", read: "list[tuple[str, str]]", digests: "list[str]") -> int:
    """Write the tombstones ``graves``, take what they hide and these ``digests`` out of local files, drop the cursors
    of the sessions ``read``. Returns how many lines went. Raises Busy, OSError; what is left then is done by
    ``finish``."""
    with hold(layout.lock):
        finish(layout)
        make_dirs(layout.local)
        write_atomic(_path(layout), seal_state({"graves": graves, "cursors": read, "digests": digests}).data, 0o600)
        return finish(layout)


def finish(layout: "Layout") -> int:
    """Do what was written down, if anything was. Returns how many lines went. Raises Busy, OSError."""
    if not os.path.exists(_path(layout)):
        return 0
    with hold(layout.lock):
        graves, read, digests = _noted(layout)
        spool.append(layout, [seal("lifecycle", grave) for grave in graves])
        known = tombstones.load(layout)  # it raises nothing: on a disk that fails it may miss those just written
        purged = tombstones.purge(layout, known.joined(tombstones.of_records(graves)))
        if os.path.isdir(layout.data):
            from gitml.ops.compat.purging import purge as purge_files

            purge_files(layout, known.joined(tombstones.of_records(graves)))
        if digests:
            from gitml.ops.forgetting.quotes import Quotes
            from gitml.store.purging import purge

            purged += purge(layout, Quotes(digests))
        for agent, session_id in read:
            cursors.forget(layout, agent, session_id)
        if read and os.path.isdir(layout.raw):
            from gitml.store.raw.kept import drop

            drop(layout, [(agent, session_id, None) for agent, session_id in read])
        if os.path.isdir(layout.raw):
            from gitml.store.raw import stale

            stale.note(layout)
        remove_files([_path(layout)])
    return purged


def _noted(layout: "Layout") -> "tuple[list[dict[str, Any]], list[tuple[str, str]], list[str]]":
    """Nothing where the file makes no sense, or another process has just done it: what is hidden is purged anyway."""
    try:
        noted = json.loads(read_bytes(_path(layout)))
        read = [(str(agent), str(session_id)) for agent, session_id in noted["cursors"]]
        return list(noted["graves"]), read, [str(digest) for digest in noted.get("digests", ())]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return [], [], []


def _path(layout: "Layout") -> str:
    return os.path.join(layout.local, FILE)
