"""Which lines of a session the store holds already."""

from gitml.model.jsonl import encode
from gitml.store.lines import blocks
from gitml.store.walk import stream_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.store.layout import Layout

DERIVED = ("sessions", "chats", "actions", "orchestration", "digests")


def lines_of(layout: "Layout", session_id: str) -> "Iterator[bytes]":
    """Every stored line that was derived from the session, in any version. A plain search: no parsing."""
    for _, line in lines_with_paths(layout, session_id):
        yield line


def has_id(layout: "Layout", stream: str, id: str) -> bool:
    """Whether any stored line of a stream holds that id."""
    wanted = encode({"id": id})[1:-1]
    files = (path for name, path in stream_files(layout, []) if name == stream)
    return any(wanted in line for path in files for _, lines in blocks(path, _passed_over) for line in lines)


def lines_with_paths(layout: "Layout", session_id: str) -> "Iterator[tuple[str, bytes]]":
    """The same, each with the file it stands in."""
    name = session_id.encode()
    for stream, path in stream_files(layout, []):
        if stream not in DERIVED:
            continue
        for _, lines in blocks(path, _passed_over):
            yield from ((path, line) for line in lines if name in line)


def _passed_over(line: int, why: str) -> None:
    """Damage is told by the commands that read; here a damaged line is simply not known."""
