"""Taking out of those files what was forgotten, and secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gitml.model.jsonl import decode, encode
from gitml.ops.compat import files
from gitml.store.files import remove_files
from gitml.store.tombstones import Tombstones

if TYPE_CHECKING:
    from gitml.model.sealed import Sealed
    from gitml.store.layout import Layout


def purge(layout: Layout, hidden: Tombstones) -> int:
    """Remove files of what is hidden, and its ids from the sessions that name them. Returns how many files changed.

    Raises OSError.
    """
    changed = 0
    for path, record in files.written(layout):
        stream = "sessions" if "record_id" in record else "chats"
        named = {"id": record["record_id"], "session_id": record["id"]} if stream == "sessions" else record
        if hidden.hides(stream, named):
            remove_files([path])
            changed += 1
        elif stream == "sessions":
            changed += _shorten(layout, path, record, hidden)
    return changed


def _shorten(layout: Layout, path: str, record: files.Record, hidden: Tombstones) -> bool:
    kept = dict(record)
    for key, stream in (("chat_ids", "chats"), ("action_ids", "actions")):
        kept[key] = [one for one in record.get(key, ()) if (stream, one) not in hidden.pairs]
    if kept != record:
        files.replace(path, kept)
    return kept != record


def mend(layout: Layout, cleaned: Callable[[bytes], Sealed | None], *, dry_run: bool) -> list[str]:
    """Rewrite files in which ``cleaned`` finds anything; it gets a record on one line. Returns their paths."""
    found = []
    for path, record in files.written(layout):
        line = cleaned(encode(record))
        if line is not None:
            found.append(path)
            if not dry_run:
                files.replace(path, decode(line.data))
    return found
