"""Folding in bounded memory gives what folding in memory gives, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitml.model.canonical import canonical
from gitml.model.jsonl import decode
from gitml.store.fold import fold_lines
from gitml.store.streaming import Streaming
from gitml.store.tombstones import Tombstones

STREAMS = ("chats", "actions", "sessions", "commits", "lifecycle", "notes_of_somebody")
NAMES = st.sampled_from(["a", "b", "c", "", "a\0", "a\n", "é", "\ud800", "a\x01\x10"])
TIMES = st.sampled_from(["2026-11-20T12:00:00.000Z", "2026-11-20T12:00:01.000Z", "2026-10", "", "x\0y"])
ANY = st.one_of(st.none(), st.booleans(), st.integers(-(10**25), 10**25), st.text(max_size=3))
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "rev": st.one_of(ANY, st.integers(0, 2)),
        "id": st.one_of(NAMES, ANY),
        "session_id": st.one_of(NAMES, ANY),
        "uuid": st.one_of(NAMES, ANY),
        "timestamp": st.one_of(TIMES, ANY),
        "updated_at": TIMES,
        "started_at": TIMES,
        "to": st.just("tombstone"),
        "input": st.sampled_from(["[redacted:a:1]", "x", 1.5, 1e16, 10**30]),
    },
)
USUAL = st.fixed_dictionaries(
    {"rev": st.integers(0, 2), "timestamp": TIMES, "id": NAMES, "session_id": NAMES, "uuid": NAMES}
)
ODD = st.sampled_from(
    [b"", b"\r", b"[]", b"{", b'{"id":"a","x":1e400}', b'{"id":"a","id":"b"}', b'{"x":"\\ud800"}',
     b'{"id":"a","n":NaN}',
     b'{"input":"\\u005bredacted:","id":"a"}', b' {"id" : "a"}\r', b'{"timestamp":"2026","id":"a","rev":1.0}']
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A line of whatever kind, the same record in several spellings among them."""
    if draw(st.integers(0, 5)) == 0:
        return draw(ODD)
    record = draw(st.one_of(USUAL, RECORDS))
    keys = draw(st.permutations(list(record)))
    spaced = draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    return json.dumps({key: record[key] for key in keys}, separators=spaced, ensure_ascii=draw(st.booleans())).encode(
        "utf-8", "surrogatepass"
    )


def plain(stream: str, found: list[bytes]) -> list[bytes]:
    """Each line that is a record in its canonical form."""
    made = []
    for line in found:
        bare = line.rstrip(b"\r")
        try:
            record = decode(bare)
        except ValueError:
            record = None
        made.append(canonical(stream, bare, record) if isinstance(record, dict) else bare)
    return made


def streamed(
    stream: str,
    found: list[bytes],
    folder: Path,
    graves: Tombstones | None = None,
    limit: int = 100,
    bits: int = 1 << 8,
) -> tuple[list[bytes], list[tuple[int, str]]]:
    """The lines as the streaming fold gives them out, and the damage it told."""
    damage: list[tuple[int, str]] = []
    folding = Streaming(stream, str(folder), limit=limit, bits=bits)

    def blocks() -> Iterator[tuple[int, list[bytes]]]:
        for first in range(0, len(found), 3):
            yield first + 1, found[first : first + 3]

    folding.add(blocks(), lambda number, why: damage.append((number, why)))
    try:
        return [line for _, line in folding.lines(graves)], damage
    finally:
        folding.close()


@given(
    stream=st.sampled_from(STREAMS),
    found=st.lists(lines(), max_size=25),
    targets=st.lists(st.tuples(st.sampled_from([*STREAMS, "*"]), NAMES), max_size=3),
    limit=st.sampled_from([1, 400, 10**6]),
    bits=st.sampled_from([8, 1 << 8, 1 << 16]),
)
@settings(max_examples=400, deadline=None)
def test_as_in_memory(
    tmp_path_factory: pytest.TempPathFactory,
    stream: str, found: list[bytes], targets: list[tuple[str, str]], limit: int, bits: int,
) -> None:  # fmt: skip
    """Any lines, however little memory, however often keys share a place: bytes and damage of the fold in memory."""
    folder = tmp_path_factory.getbasetemp() / "runs"
    graves = Tombstones(targets)
    wanted = fold_lines(plain(stream, found), stream, graves)
    got, damage = streamed(stream, found, folder, graves, limit, bits)
    assert got == wanted.lines
    assert damage == [(place.line, place.why) for place in wanted.damage]


@given(stream=st.sampled_from(STREAMS), found=st.lists(lines(), max_size=12), seed=st.integers(0, 2**12 - 1))
@settings(max_examples=300, deadline=None)
def test_what_is_compacted_folds_as_before(stream: str, found: list[bytes], seed: int) -> None:
    """Whichever of the lines are in their canonical form already, the same records win."""
    some = [line if seed >> place & 1 else plain(stream, [line])[0] for place, line in enumerate(found)]
    wanted = plain(stream, fold_lines(found, stream).lines)
    assert sorted(plain(stream, fold_lines(some, stream).lines)) == sorted(wanted)


@given(stream=st.sampled_from(STREAMS), line=lines())
@settings(max_examples=300, deadline=None)
def test_canonical_says_the_same(stream: str, line: bytes) -> None:
    """The canonical form is a record with the same values, and its own canonical form."""
    (made,) = plain(stream, [line])
    assert plain(stream, [made]) == [made]
    try:
        before = json.loads(line)
    except ValueError:
        return
    if isinstance(before, dict):
        assert repr(sorted(json.loads(made).items())) == repr(sorted(before.items()))


def usual(number: int, **more: Any) -> bytes:
    record = {"id": f"c{number}", "timestamp": f"2026-11-{number % 28 + 1:02d}T12:00:00.000Z", "session_id": "s"}
    return json.dumps(record | {"uuid": f"u{number}"} | more, separators=(",", ":")).encode()


def test_runs_are_merged_when_there_are_many(tmp_path: Path) -> None:
    """More runs than files may be open at once, and still each line once, in order; no file is left behind."""
    found = [usual(number) for number in range(400)]
    got, _ = streamed("chats", [*found, *found], tmp_path / "runs", limit=1)
    assert got == fold_lines(found, "chats").lines
    assert list((tmp_path / "runs").iterdir()) == []
