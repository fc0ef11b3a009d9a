"""The log's lines, with what the client wrote in pieces put together.

A message comes as it is streamed, some ten milliseconds a line. A word, or a secret, can be cut anywhere between two of
them, so each run of pieces is one line here: for reading, for the search for secrets, and for raw copies.
"""

from gitml.agents.fields import items, mapping, text
from gitml.agents.lines import Line
from gitml.agents.lines import lines as plain_lines
from gitml.agents.parse import objects
from gitml.model.jsonl import encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Record = dict[str, Any]

USER = "user_message_chunk"
PIECES = (USER, "agent_message_chunk", "agent_thought_chunk")
MARK = b"_chunk"
LONGEST = 16 * 1024 * 1024
"""Bytes of lines that are put together. A longer message is told in several parts."""


def lines(path: str, offset: int = 0) -> "Iterator[Line]":
    """Every line, or run of lines, from ``offset`` on. A run that the file's end cuts is not told yet: it may go on.

    Raises OSError where the file cannot be read.
    """
    run = Run()
    for line in plain_lines(path, offset):
        record = _piece(line)
        if line.cut and record is None and not _is_whole(line):
            return
        if record is None or not run.takes(line, record):
            yield from run.told()
            run = Run()
        if record is None:
            yield line
        elif not run.lines:
            run.takes(line, record)


class Run:
    """Pieces of one message that follow each other."""

    __slots__ = ("key", "lines", "records", "size")

    def __init__(self) -> None:
        self.key: tuple[object, ...] = ()
        self.lines: list[Line] = []
        self.records: list[Record] = []
        self.size = 0

    def takes(self, line: Line, record: "Record") -> bool:
        """Whether the piece goes on with what there is."""
        key = _key(record)
        if self.lines and (key != self.key or self.size > LONGEST):
            return False
        self.key = key
        self.lines.append(line)
        self.records.append(record)
        self.size += line.end - line.offset
        return True

    def told(self) -> "Iterator[Line]":
        """The run as one line; nothing where it is empty."""
        if len(self.lines) == 1:
            yield self.lines[0]
        elif self.lines:
            yield Line(self.lines[0].offset, self.lines[-1].end, encode(_joined(self.records)))


def update_of(record: "Record") -> "Record":
    """What a record tells; older ones lack the envelope around it."""
    return mapping(mapping(record.get("params") or record).get("update"))


def _piece(line: Line) -> "Record | None":
    if line.data is None or MARK not in line.data:
        return None
    found, why = objects(line.data)
    is_one = not why and len(found) == 1 and update_of(found[0]).get("sessionUpdate") in PIECES
    return found[0] if is_one else None


def _is_whole(line: Line) -> bool:
    found, why = objects(line.data or b"")
    return bool(found) and not why


def _key(record: "Record") -> "tuple[object, ...]":
    """Equal for pieces of one message: prompts that follow each other have different numbers."""
    update = update_of(record)
    meta = mapping(update.get("_meta"))
    return update.get("sessionUpdate"), repr(meta.get("promptIndex")), meta.get("hostTurn") is True


def _joined(records: "list[Record]") -> "Record":
    """The first record with the content of all: the text of an answer in one, a prompt's blocks side by side."""
    first = update_of(records[0])
    blocks = [block for record in records for block in blocks_of(update_of(record).get("content"))]
    if first.get("sessionUpdate") == USER:
        content: Any = blocks
    else:
        content = {"type": "text", "text": "".join(text(block.get("text")) for block in blocks)}
    update = {**first, "content": content}
    if "params" in records[0]:
        return {**records[0], "params": {**mapping(records[0]["params"]), "update": update}}
    return {**records[0], "update": update}


def blocks_of(content: object) -> "list[Record]":
    """The blocks of a content: one, or what was put together."""
    return [mapping(block) for block in (items(content) or [content])]
