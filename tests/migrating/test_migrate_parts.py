"""Records in parts: joined, unpacked within bounds, checked."""

from __future__ import annotations

import hashlib
import json
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from support.migrating import gitml, named, records, take_in
from support.old_layout import chat, packed, parts, put, whole_part
from support.riding import Clone

LONG = chat(1, response="word " * 3000)


def chunk(clone: Clone, *lines: Any, name: str = "chats-1.jsonl") -> Path:
    return put(clone.root / ".git-ml" / "tracked" / "chunked" / name, *lines)


def spelled(record: dict[str, Any], **how: Any) -> bytes:
    return json.dumps(record, **how).encode()


HASHES = {
    "sha256 of Python's JSON": hashlib.sha256(spelled(LONG)).hexdigest(),
    "its first digits": hashlib.sha256(spelled(LONG)).hexdigest()[:16],
    "md5": hashlib.md5(spelled(LONG), usedforsecurity=False).hexdigest(),
    "sorted, without spaces": hashlib.sha256(spelled(LONG, sort_keys=True, separators=(",", ":"))).hexdigest(),
    "of what was packed": hashlib.sha256(packed(json.dumps(LONG)).encode()).hexdigest(),
    "none at all": "",
}


@pytest.mark.parametrize("said", HASHES.values(), ids=list(HASHES))
@pytest.mark.parametrize("first", [0, 1])
def test_joined_and_checked(bare: Clone, said: str, first: int) -> None:
    """Parts in any order, counted from 0 or 1, whatever of the plausible was hashed."""
    made = parts(LONG, 4, said or "x", first)
    if not said:
        made = [{key: value for key, value in one.items() if key != "content_hash"} for one in made]
    chunk(bare, *reversed(made))
    report = take_in(bare)
    record = records(bare, "chats")[LONG["id"]]
    assert record["output"] == LONG["response"] and "unchecked" not in record and report.unreadable == []
    assert sum(report.hashes.values()) == 1


def test_each_part_packed_and_hashed_by_itself(bare: Clone) -> None:
    """Some writers pack and hash every part alone."""
    text = json.dumps(LONG)
    half = len(text) // 2
    pieces = [packed(text[:half]), packed(text[half:])]
    lines = [
        {**one, "data": piece, "content_hash": hashlib.sha256(piece.encode()).hexdigest()}
        for one, piece in zip(parts(LONG, 2), pieces, strict=True)
    ]
    chunk(bare, *lines)
    assert take_in(bare).hashes == {"sha256 of each part": 1}
    assert records(bare, "chats")[LONG["id"]]["output"] == LONG["response"]


def test_fields_spread_over_parts(bare: Clone) -> None:
    """Parts may be tables, each with some of the record's fields, long texts packed one by one."""
    whole = whole_part(LONG)
    names = list(whole["data"])
    tables = [{key: whole["data"][key] for key in names[:3]}, {key: whole["data"][key] for key in names[3:]}]
    lines = [{**whole, "sequence": number + 1, "total_parts": 2, "data": table} for number, table in enumerate(tables)]
    chunk(bare, *lines)
    assert take_in(bare).hashes == {"sha256 of the record": 1}
    assert records(bare, "chats")[LONG["id"]]["output"] == LONG["response"]


def test_missing_and_doubled_parts(bare: Clone) -> None:
    """One that is missing, or there twice and different, is named with its place and nothing is made up; twice the
    same is remarked."""
    first, second, third = parts(LONG, 3)
    chunk(bare, first, third, name="missing.jsonl")
    other = parts(chat(2, response="b" * 50), 2)
    chunk(bare, other[0], {**other[1], "data": "AAAA"}, other[1], name="twice.jsonl")
    same = parts(chat(3), 2)
    chunk(bare, *same, same[0], name="same.jsonl")
    report = take_in(bare)
    assert named(report) == {("missing.jsonl", 1), ("twice.jsonl", 3)}
    assert "these are missing: 2" in gitml(bare, "migrate", code=3)
    assert set(records(bare, "chats")) == {chat(3)["id"]}
    assert any("twice, and the same" in note for note in report.notes)
    chunk(bare, second, name="found.jsonl")
    take_in(bare)
    assert LONG["id"] in records(bare, "chats")


def test_what_does_not_fit_its_hash(bare: Clone) -> None:
    """It is taken in, says so itself, and is named; the exit code is 3."""
    chunk(bare, whole_part(LONG, content_hash="0" * 64))
    assert "content_hash fits nothing that was tried" in gitml(bare, "migrate", code=3)
    assert records(bare, "chats")[LONG["id"]]["unchecked"] is True


def test_no_bomb(bare: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing unpacks beyond the bound, which is told; the rest is read."""
    from gitml.ops.migrating import refs

    monkeypatch.setattr(refs, "MAX_LINE", 1 << 20)
    bomb = b64encode(zlib.compress(b" " * (8 << 20))).decode()
    chunk(bare, {**parts(LONG, 1)[0], "data": bomb, "sequence": 0}, whole_part(chat(2)))
    report = take_in(bare)
    assert [one.why for one in report.unreadable] == [f"{LONG['id']}: unpacks to more than {1 << 20} bytes"]
    assert set(records(bare, "chats")) == {chat(2)["id"]}


@pytest.mark.parametrize(
    "line",
    [
        "[]", "{}", {"record_type": "chat"}, {"record_type": "dream", "record_id": "x", "data": {}},
        {"record_type": "chat", "record_id": "x", "sequence": "one", "data": {}},
        {"record_type": "chat", "record_id": "x"}, {"record_type": "chat", "record_id": "x", "data": 7},
        {"record_type": "chat", "record_id": "x", "data": "!!!"}, {"record_type": "chat", "record_id": "x", "data": {}},
        {"record_type": "chat", "record_id": "x", "sequence": 1, "total_parts": 10**12, "data": "abc"},
    ],
)  # fmt: skip
def test_hostile_lines(bare: Clone, line: Any) -> None:
    """Whatever a line holds, it is named once, and the others are taken in."""
    chunk(bare, line if isinstance(line, str) else json.dumps(line), whole_part(chat(2)))
    report = take_in(bare)
    assert named(report) == {("chats-1.jsonl", 1)} and set(records(bare, "chats")) == {chat(2)["id"]}


def test_pieces_belong_to_no_stream(bare: Clone) -> None:
    """Even in a file of a stream's name parts are shown as no records, and verify and status have nothing to say."""
    path = chunk(bare, *parts(LONG, 3), name="chats.jsonl")
    take_in(bare)
    assert list(records(bare, "chats")) == [LONG["id"]] and path.exists()
    bare.git("add", "-A")
    assert "clean" in gitml(bare, "verify")
    assert "chats-1" not in gitml(bare, "status", "--json")
