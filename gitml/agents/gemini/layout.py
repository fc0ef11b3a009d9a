"""The two layouts as one: a document gives the lines that the client itself makes of it when it goes on as JSONL.

So a document has offsets, too, and each message its own: what is read, searched for secrets, copied and forgotten is
the same for both.
"""

import json
import os
import re

from gitml.agents.fields import mapping
from gitml.agents.files import open_plain
from gitml.agents.lines import Line
from gitml.agents.lines import lines as plain_lines
from gitml.agents.parse import BOM, objects
from gitml.model.jsonl import MAX_LINE, encode_given

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

DECODER = json.JSONDecoder()
BLANK = re.compile(r"[ \t\r\n]*")
HEAD_LINE = 64 * 1024
MESSAGES = re.compile(rb'\n  "messages": \[\n    \{')
LAST_WORDS = 8
"""Characters. A fault that near to the end (``tru``, ``-``, ``\\u12``) is the end itself: the file is being written."""


def lines(path: str, offset: int = 0) -> "Iterator[Line]":
    """The lines of a chat's file from ``offset`` on. Raises OSError where it cannot be read."""
    if not is_document(path):
        yield from plain_lines(path, offset)
        return
    yield from (line for line in _LAST.of(path, offset) if line.offset >= offset)


def records(line: bytes) -> "tuple[list[dict[str, Any]], str]":
    """(the objects on a line, why what else stands there could not be read), as a copy is to have them: of a patch of
    what the model is to see, the messages' ids. Each stands where it was said, and can be forgotten there."""
    found, why = objects(line)
    return [_without_copies(record) for record in found], why


def _without_copies(record: "dict[str, Any]") -> "dict[str, Any]":
    patch = mapping(record.get("$set"))
    if not isinstance(patch.get("messages"), list):
        return record
    return {**record, "$set": {**patch, "messages": [{"id": mapping(one).get("id")} for one in patch["messages"]]}}


def is_document(path: str) -> bool:
    """Whether the file is one JSON object. By its name, and by its first line: a raw copy has the name and lines."""
    if not path.endswith(".json"):
        return False
    first = next(plain_lines(path, 0, HEAD_LINE), None)
    found, why = objects(first.data) if first is not None and first.data is not None else ([], "")
    return bool(why) or not found or "messages" in found[0]


class _Last:
    """The document that was read last: one run asks for it several times, to search it, to derive from it."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: tuple[bytes, int, list[Line]] = (b"", 0, [])

    def of(self, path: str, offset: int) -> "list[Line]":
        """Its lines, from a place at or before ``offset`` on. Raises OSError."""
        with open(open_plain(path), "rb") as file:
            data = file.read(MAX_LINE + 1)
            size = os.fstat(file.fileno()).st_size
        held, start, found = self._held
        if offset < start or data != held:
            start = offset if _begins(data, offset) else 0
            found = _of_document(data, start, size)
            self._held = (data, start, found)
        return found


_LAST = _Last()


def _begins(data: bytes, offset: int) -> bool:
    """Whether a message begins there: the client indents by two, so nothing deeper and nothing else looks so, and no
    string holds a line break. Of a document that somebody else wrote all is read."""
    return offset > 0 and data[offset - 5 : offset + 1] == b"\n    {" and MESSAGES.search(data, 0, offset) is not None


def _of_document(data: bytes, start: int, size: int) -> "list[Line]":
    """Nothing of one that is cut: it is being written, and the next run finds it whole. ``start``: 0, or where a
    message begins."""
    if len(data) > MAX_LINE:
        return [Line(0, size, None)]
    if not data.strip():
        return []
    try:
        text = data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        return [] if start + error.start > len(data) - 4 else [Line(0, len(data), data.replace(b"\n", b" "))]
    return _Walk(text, start).lines(len(data))


class _Walk:
    """Goes through a document's text, from byte ``start`` on, where a message begins if that is not 0. ``at``: the
    character it has come to."""

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.start = start
        self.at = len(BOM.decode("utf-8")) if text.startswith("\ufeff") else 0
        self.head: dict[str, Any] = {}
        self.messages: list[tuple[int, bytes]] = []
        self.behind = 0
        self.rest: dict[str, Any] = {}

    def lines(self, size: int) -> "list[Line]":
        """The head without the messages, each message, then what stands behind them."""
        damage = []
        try:
            self._object()
        except (ValueError, RecursionError) as error:
            if self._is_cut(error):
                return []
            damage = [(self.at, self._between(self.at, len(self.text)))]
        found = [*([] if self.start else [(0, encode_given(self.head))]), *self.messages]
        found += [(self.behind, encode_given({"$set": self.rest}))] if self.rest else []
        return self._placed([*found, *damage], size)

    def _object(self) -> None:
        told, first = self.head, not self.start
        if first:
            self._skip("{")
        else:
            self._messages()
            told, self.behind = self.rest, self.at
        while not self._takes("}"):
            if not first:
                self._skip(",")
            first = False
            key = self._value()
            self._skip(":")
            if key == "messages" and self._takes("["):
                self._messages()
                told, self.behind = self.rest, self.at
            else:
                told[str(key)] = self._value()
        if self._peek():
            raise ValueError("more than one object")

    def _messages(self) -> None:
        first = True
        while not self._takes("]"):
            if not first:
                self._skip(",")
            first = False
            self._peek()
            start = self.at
            self._value()
            self.messages.append((start, self._between(start, self.at)))

    def _value(self) -> "Any":
        self._peek()
        value, self.at = DECODER.raw_decode(self.text, self.at)
        return value

    def _peek(self) -> str:
        self.at = BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]  # matches always
        return self.text[self.at : self.at + 1]

    def _takes(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self.at += 1
        return True

    def _skip(self, sign: str) -> None:
        if not self._takes(sign):
            raise json.JSONDecodeError(f"no {sign}", self.text, self.at)

    def _is_cut(self, error: Exception) -> bool:
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated") or error.pos >= len(self.text.rstrip()) - LAST_WORDS

    def _between(self, start: int, end: int) -> bytes:
        """A stretch of the text on one line: a line break is no part of a JSON string."""
        return self.text[start:end].encode("utf-8", "surrogatepass").replace(b"\n", b" ")

    def _placed(self, found: "list[tuple[int, bytes]]", size: int) -> "list[Line]":
        """The lines with their offsets in bytes, each up to the next one's."""
        starts, byte, character = [], self.start, 0
        for start, _ in found:
            byte += len(self.text[character:start].encode("utf-8"))
            character = start
            starts.append(byte)
        ends = [*starts[1:], size]
        return [Line(start, end, data) for start, end, (_, data) in zip(starts, ends, found, strict=True)]
