"""Giving lines of local files a new form: parts in the spools, dead letters. What is tracked is not touched."""

from gitml.model.sealed import Sealed, check
from gitml.store import part as part_files
from gitml.store.files import read_bytes, remove_files, write_atomic
from gitml.store.layout import Layout
from gitml.store.part import Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[str, bytes], "Sealed | None"]
    """(stream, line) to the line in its place; None keeps it, a Sealed without data takes it out."""


def mend_part(layout: Layout, part: Part, change: "Change") -> Part:
    """Rewrite a part of ``layout``'s spool; returns it, under its new name. Call it under the lock. Raises OSError.

    As ``purging`` does it: a closed part gets a new name first, because a commit that runs right now may carry the old
    one, and a part that a commit carries never changes. Stopped halfway, it does the rest when run again.
    """
    if not part.open:
        part = part_files.renamed(layout, part)
    for stream in part.streams():
        mend_file(part.file(stream), stream, change)
    if not part.streams() and not part.open:
        part_files.remove(part)
    part_files.sweep(layout.spool)
    return part


def mend_file(path: str, stream: str, change: "Change") -> int:
    """Rewrite one file whole: a reader sees the old lines or the new. Returns how many lines changed."""
    changed = 0
    kept: list[bytes] = []
    for line in read_bytes(path).split(b"\n"):
        new = change(stream, line) if line.strip() else None
        if new is None:
            kept.append(line)
            continue
        changed += 1
        if check(new).data:
            kept.append(new.data)
    if changed:
        data = b"\n".join(kept)
        if data.strip():
            write_atomic(path, data, 0o600)
        else:
            remove_files([path])
    return changed
