"""Which lines of a session the store holds already."""

from gitml.store.lines import blocks
from gitml.store.walk import stream_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.store.layout import Layout

DERIVED = ("sessions", "chats", "actions", "orchestration")


def lines_of(layout: "Layout", session_id: str) -> "Iterator[bytes]":
    """Every stored line of a derived stream that names the session, in any version. A plain search: no parsing."""
    for _, line in lines_with_paths(layout, session_id):
        yield line


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
