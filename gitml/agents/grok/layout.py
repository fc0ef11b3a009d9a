"""The log's lines, in a form that can be searched, copied and told apart.

A message comes as it is streamed, some ten milliseconds a line: a word, or a secret, can be cut between two of them, so
each run of pieces is one line here. What a command printed stands there as the numbers of its bytes, and becomes text.
Numbers of records begin anew when a session is resumed, so a prompt's gets the time behind it.
"""

from gitml.agents.fields import count, items, mapping, text
from gitml.agents.lines import Line
from gitml.agents.lines import lines as plain_lines
from gitml.agents.parse import objects
from gitml.model.jsonl import encode_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Record = dict[str, Any]

USER = "user_message_chunk"
PIECES = (USER, "agent_message_chunk", "agent_thought_chunk")
MARK = b"_chunk"
USER_MARK, OUTPUT = USER.encode(), b'"rawOutput"'
PRINTED = ("output", "stdout", "stderr")
DEEPEST = 8
LONGEST = 16 * 1024 * 1024
"""Bytes of lines that are put together. A longer message is told in several parts."""


def lines(path: str, offset: int = 0) -> "Iterator[Line]":
    """Every line, or run of lines, from ``offset`` on. A run that the file's end cuts is not told yet: it may go on.

    Raises OSError where the file cannot be read.
    """
    run = Run()
    for line in map(_readable, plain_lines(path, offset)):
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
            yield Line(self.lines[0].offset, self.lines[-1].end, encode_given(_joined(self.records)))


def update_of(record: "Record") -> "Record":
    """What a record tells; older ones lack the envelope around it."""
    return mapping(mapping(record.get("params") or record).get("update"))


def _readable(line: Line) -> Line:
    """The line with its bytes as text, and a prompt's with an id that no other has."""
    if line.data is None or not (OUTPUT in line.data or USER_MARK in line.data):
        return line
    found, why = objects(line.data)
    update = update_of(found[0]) if len(found) == 1 and not why else {}
    if isinstance(update.get("rawOutput"), dict):
        return _with(line, found[0], {**update, "rawOutput": _worded(update["rawOutput"], DEEPEST)})
    if update.get("sessionUpdate") == USER:
        return _with(line, found[0], update, _id_of(found[0], line.offset))
    return line


def _with(line: Line, record: "Record", update: "Record", event_id: str = "") -> Line:
    """The line with another update in it."""
    inner = mapping(record.get("params")) if "params" in record else record
    changed = {**inner, "update": update}
    if event_id:
        changed["_meta"] = {**mapping(inner.get("_meta")), "eventId": event_id}
    whole = {**record, "params": changed} if "params" in record else changed
    return Line(line.offset, line.end, encode_given(whole), line.cut)


def _worded(value: "Any", depth: int) -> "Any":
    if not isinstance(value, dict) or not depth:
        return value
    return {key: _text_of(part) if key in PRINTED else _worded(part, depth - 1) for key, part in value.items()}


def _text_of(value: "Any") -> "Any":
    if not isinstance(value, list) or not value:
        return value
    is_bytes = all(isinstance(byte, int) and 0 <= byte <= 255 for byte in value)
    return bytes(value).decode("utf-8", "replace") if is_bytes else value


def _id_of(record: "Record", offset: int) -> str:
    """The record's number in its session with the time; older records have neither, but a place in the log."""
    inner = mapping(record.get("params") or record)
    meta = mapping(inner.get("_meta"))
    number = text(meta.get("eventId")) or f"{text(inner.get('sessionId'))}.at.{offset}"
    when = count(meta.get("agentTimestampMs"))
    return number if when is None or number.endswith(f"@{when}") else f"{number}@{when}"


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
