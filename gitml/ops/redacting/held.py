"""Which parts no commit may take yet, and why: ``<local>/held.json``. The hook path imports this.

A note has ``why`` (found, time, failed), ``kinds`` {kind: how many}, ``clean`` {stream: bytes from its start that hold
nothing}, ``mark`` (of the search that said so) and ``since``. No value, no text.
"""

import json
import os
import time

from gitml.errors import GitmlError
from gitml.model.times import of_epoch
from gitml.redact.gate import seal_state
from gitml.store import log, spool
from gitml.store.files import entries, read_bytes, remove_files, write_atomic
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.store.layout import Layout

    Note = dict[str, Any]

FILE = "held.json"
FOUND, TIME, FAILED = "found", "time", "failed"
LOCK_SECONDS = 0.5


def notes(layout: "Layout") -> "dict[str, Note]":
    """{name of a part: its note}. A damaged file is none: the parts are searched again."""
    try:
        kept = json.loads(read_bytes(os.path.join(layout.local, FILE)))
    except (OSError, ValueError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {name: note for name, note in kept.items() if isinstance(note, dict)}


def waiting(layout: "Layout") -> "dict[str, Note]":
    """Of the notes those whose part is still in a spool of the clone."""
    kept = notes(layout)
    there = _parts(layout) if kept else set()
    return {name: note for name, note in sorted(kept.items()) if name in there}


def remember(layout: "Layout", looked: "set[str]", found: "dict[str, Note]") -> None:
    """Replace what is noted of the parts that were looked at. Never raises: a part is held without a note as well."""
    before = notes(layout)
    if not found and not looked & set(before):
        return
    try:
        with hold(layout.lock, LOCK_SECONDS):
            _write(layout, looked, found)
    except (GitmlError, OSError):
        return
    for name in sorted(found):
        if name not in before or before[name].get("why") != found[name]["why"]:
            _tell(layout, name, found[name])


def _write(layout: "Layout", looked: "set[str]", found: "dict[str, Note]") -> None:
    before = notes(layout)
    there = _parts(layout)
    kept = {name: note for name, note in before.items() if name not in looked and name in there}
    stamp = of_epoch(time.time())
    for name, note in found.items():
        kept[name] = {**note, "since": before.get(name, {}).get("since", stamp)}
    path = os.path.join(layout.local, FILE)
    if kept:
        write_atomic(path, seal_state(kept).data, 0o600)
    else:
        remove_files([path])


def _tell(layout: "Layout", name: str, note: "Note") -> None:
    why = {FOUND: "it may hold secrets", TIME: "there was no time to search it", FAILED: "it could not be searched"}
    kinds = ", ".join(f"{count} {kind}" for kind, count in note["kinds"].items())
    what = f"part {name} was held back from a commit: {why[note['why']]}{f' ({kinds})' if kinds else ''}"
    says = {"timestamp": of_epoch(time.time()), "hook": "pre-commit", "held": what, "mend": "gitml redact --fix"}
    log.note(layout, seal_state(says))


def _parts(layout: "Layout") -> "set[str]":
    trees = [layout.of(entry.name) for entry in entries(layout.spools)]
    return {part.name for tree in trees for part in spool.parts(tree)}
