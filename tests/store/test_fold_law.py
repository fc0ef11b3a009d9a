"""The fold's laws: order-independent byte for byte, idempotent, lossless (invariants 5, 6 and 7)."""

from __future__ import annotations

import gzip
import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.stores import a_layout, chat, chats, put_file, sealed

from gitml.model.jsonl import encode
from gitml.model.streams import STREAMS
from gitml.store import spool
from gitml.store.fold import fold, fold_all, fold_lines, streams
from gitml.store.layout import Layout
from gitml.store.tombstones import Tombstones

SOME_STREAMS = st.sampled_from([*STREAMS, "weather", "a-b.c"])
NAMES = st.sampled_from(["a", "b", "c", "é", ""])
TIMES = st.sampled_from(["2026-11-20T12:00:00.000Z", "2026-11-20T12:00:01.000Z", "2025-01-01T00:00:00.000Z", ""])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "id": NAMES | ANYTHING,
        "timestamp": TIMES | ANYTHING,
        "session_id": NAMES | ANYTHING,
        "uuid": NAMES | ANYTHING,
        "updated_at": TIMES | ANYTHING,
        "deriver": st.integers(0, 2) | ANYTHING,
        "rev": st.integers(0, 2) | ANYTHING,
        "input": st.sampled_from(["x", "[redacted:aws]"]) | ANYTHING,
        "unknown key": ANYTHING,
    },
)
DAMAGED = st.sampled_from([b"{", b"[]", b"", b"<<<<<<< ours", b"\xff", b"{}\0"])
LINES = st.lists(RECORDS.map(encode) | DAMAGED, max_size=12)
GRAVES = st.lists(st.tuples(st.sampled_from(["*", "chats", "actions"]), NAMES), max_size=2).map(Tombstones)


@given(stream=SOME_STREAMS, lines=LINES, graves=GRAVES, seed=st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_any_order_any_number(stream: str, lines: list[bytes], graves: Tombstones, seed: random.Random) -> None:
    """Lines in any order, and each any number of times, fold to the same bytes."""
    expected = fold_lines(lines, stream, graves).lines
    shuffled = lines + seed.choices(lines, k=3) if lines else []
    seed.shuffle(shuffled)
    assert fold_lines(shuffled, stream, graves).lines == expected


@given(stream=SOME_STREAMS, lines=LINES)
@settings(max_examples=300, deadline=None)
def test_idempotent_and_untouched(stream: str, lines: list[bytes]) -> None:
    """Folding what was folded changes nothing; each winner is one of the lines, byte for byte; ids are unique."""
    once = fold_lines(lines, stream).lines
    assert fold_lines(once, stream).lines == once
    assert set(once) <= set(lines)
    found = [json.loads(line).get("id") for line in once]
    texts = [identity for identity in found if isinstance(identity, str) and identity]
    assert len(texts) == len(set(texts))


@given(stream=SOME_STREAMS, lines=LINES)
@settings(max_examples=300, deadline=None)
def test_nothing_is_dropped(stream: str, lines: list[bytes]) -> None:
    """Every id that was read is given out, but for copies of a record; every line without an id is as it was."""
    folded = fold_lines(lines, stream)
    records = [record for line in lines if isinstance(record := parsed(line), dict)]
    if stream not in ("chats", "actions", "orchestration"):
        assert texts(records, "id") == texts(list(folded.records()), "id")
    bare = {line for line in lines if isinstance(record := parsed(line), dict) and not name_of(record)}
    assert bare <= set(folded.lines)
    damaged = [line for line in lines if line.strip() and not isinstance(parsed(line), dict)]
    assert len(folded.damage) == len(damaged)


def parsed(line: bytes) -> Any:
    """What the line holds; None for damage."""
    try:
        return json.loads(line.decode("utf-8"))
    except ValueError:
        return None


def name_of(record: dict[str, Any]) -> str:
    """The record's id, if it is a text."""
    return record["id"] if isinstance(record.get("id"), str) else ""


def texts(records: list[dict[str, Any]], key: str) -> set[str]:
    """All texts other than "" that records have there."""
    return {record[key] for record in records if isinstance(record.get(key), str) and record[key]}


PLACES = (
    "tracked/{}.jsonl",
    "tracked/archive/2026-10/{}.jsonl",
    "tracked/archive/2026-09/{}.jsonl.gz",
    "tracked/live/20261120/150332Z-7f3a9c/{}.jsonl",
    "tracked/live/20261121/000000Z-000000/{}.jsonl",
    "tracked/some/where/else/entirely/{}.jsonl",
    "spool/main/20261121/010101Z-aaaaaa/{}.jsonl",
    "spool/other/20261121/010101Z-bbbbbb/{}.jsonl",
    "side/{0}/0123456789abcdef0123456789abcdef01234567/{0}.jsonl",
)


def scatter(layout: Layout, stream: str, lines: list[bytes], seed: random.Random) -> None:
    """Spread the lines over base, archive, live parts and spools; some lie in several places at once."""
    for place in PLACES:
        path = Path(layout.data if place.startswith("tracked") else layout.local, place.format(stream))
        here = seed.sample(lines, seed.randint(0, len(lines)))
        put_file(path, *here, end=seed.choice([b"\n", b""]))
        if place.endswith(".gz"):
            path.write_bytes(gzip.compress(path.read_bytes()))
    put_file(Path(layout.tracked, f"{stream}.jsonl"), *lines)


@given(stream=SOME_STREAMS, lines=LINES, seed=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_place(
    tmp_path_factory: pytest.TempPathFactory, stream: str, lines: list[bytes], seed: random.Random
) -> None:
    """However lines are spread over base, archive, live parts and spools, the fold is that of the lines."""
    layout = a_layout(tmp_path_factory.mktemp("store"))
    scatter(layout, stream, lines, seed)
    assert fold(layout, stream).lines == fold_lines(lines, stream).lines
    assert stream in streams(layout)


def test_base_live_and_spool_at_once(tmp_path: Path) -> None:
    """A record that is in base, archive, a live part and the spool at once is one record."""
    layout = a_layout(tmp_path)
    (line,) = chats([1])
    spool.append(layout, [line])
    for place in ("chats.jsonl", "archive/2026-10/chats.jsonl", "live/20261120/150332Z-7f3a9c/chats.jsonl"):
        put_file(Path(layout.tracked, place), line.data)
    assert fold(layout, "chats").lines == [line.data]


def test_unknown_streams(tmp_path: Path) -> None:
    """A stream gitml has never heard of is found, folded by id and given out untouched."""
    layout = a_layout(tmp_path)
    old = b'{"id": "w", "updated_at": "1", "x": 1.0}'
    new = b'{"updated_at":"2" , "id":"w","x":[1e400, {"y":"\\u00e9"}]}'
    put_file(Path(layout.tracked, "weather.jsonl"), new, old)
    assert fold(layout, "weather").lines == [new]
    assert streams(layout) == [*STREAMS, "weather"]


def test_rank_of_commits() -> None:
    """A commit that an amend superseded, noted later, wins over what was first written of it."""
    first = {"id": "aa", "timestamp": "2026-11-20T12:00:00.000Z", "updated_at": "2026-11-20T12:00:00.000Z"}
    later = first | {"superseded_by": "bb", "updated_at": "2026-11-20T12:05:00.000Z"}
    assert fold_lines([encode(later), encode(first)], "commits").lines == [encode(later)]


def test_rank_where_times_agree() -> None:
    """With equal times the newer deriver wins, then the later state, then the more redacted, then the bytes."""
    base = {"id": "a", "session_id": "s", "updated_at": "2026-11-20T12:00:00.000Z"}
    order = [
        base | {"deriver": 1, "rev": 1, "input": "a"},
        base | {"deriver": 1, "rev": 1, "input": "b"},
        base | {"deriver": 1, "rev": 1, "input": "[redacted:x]"},
        base | {"deriver": 1, "rev": 2, "input": "a"},
        base | {"deriver": 2, "rev": 1, "input": "a"},
        base | {"deriver": 1, "rev": 1, "input": "a", "updated_at": "2026-11-20T12:00:00.001Z"},
    ]
    for smaller, greater in pairwise(order):
        assert fold_lines([encode(greater), encode(smaller)], "chats").lines == [encode(greater)]


def a_chat(identity: str, session: str, second: int, **more: Any) -> dict[str, Any]:
    """A chat with a uuid and a time."""
    time = f"2026-11-20T12:00:{second:02d}.000Z"
    return {"id": identity, "timestamp": time, "session_id": session, "uuid": "u"} | more


def test_the_earliest_transition_counts() -> None:
    """Two clones come to a stage of a session by themselves, under one id: it was reached when the first one saw it.
    A line without a time is never the earliest, and of one time the more redacted line stays."""
    early, late = "2026-11-20T12:00:00.000Z", "2026-11-20T13:00:00.000Z"
    at = {"id": "s1-analyzed", "session_id": "s1", "from": "raw", "to": "analyzed", "by": "auto"}
    lines = [encode(at | {"timestamp": time}) for time in (late, early, "")]
    lines.append(encode(at | {"timestamp": early, "notes": "[redacted:aws]"}))
    hand = [encode(at | {"id": f"s1-{time}", "timestamp": time, "by": "hand"}) for time in (early, late)]
    assert fold_lines([*lines, *hand], "lifecycle").lines == [hand[0], lines[3], hand[1]]


def test_copies_in_resumed_sessions() -> None:
    """A prompt copied into a resumed session under a new id and time is one chat: the earliest session's, newest state.

    The resumed session's copy is newer by every measure of rank, and loses all the same.
    """
    original = a_chat("c1", "s1", 1, rev=1, updated_at="2026-11-20T12:00:01.000Z")
    grown = a_chat("c1", "s1", 1, rev=5, updated_at="2026-11-20T12:00:30.000Z")
    copy = a_chat("c2", "s2", 40, rev=9, deriver=9, updated_at="2026-11-20T12:00:59.000Z")
    assert list(fold_lines(map(encode, [copy, original, grown]), "chats").records()) == [grown]


def test_two_ids_of_one_prompt_in_a_session() -> None:
    """Where a session has one prompt under two ids, its newest state counts, though the other is earlier."""
    old = a_chat("c1", "s1", 1, updated_at="2026-11-20T12:00:01.000Z")
    new = a_chat("c2", "s1", 2, updated_at="2026-11-20T12:00:30.000Z")
    for lines in ([old, new], [new, old]):
        assert list(fold_lines(map(encode, lines), "chats").records()) == [new]


def test_copies_of_actions() -> None:
    """A tool call keeps its id when its session is copied: the earliest session's record counts."""
    original = a_chat("toolu_1", "s1", 1) | {"ok": True}
    copy = a_chat("toolu_1", "s0", 2, updated_at="2026-11-20T12:00:59.000Z")
    for stream in ("actions", "orchestration"):
        assert list(fold_lines(map(encode, [copy, original]), stream).records()) == [original]


def test_copies_with_equal_times() -> None:
    """Where times agree the session's id decides, then the record's: never the order of reading."""
    one, two = a_chat("c9", "s1", 1), a_chat("c1", "s2", 1)
    for lines in ([one, two], [two, one]):
        assert list(fold_lines(map(encode, lines), "chats").records()) == [one]


def test_one_id_in_two_sessions() -> None:
    """Two prompts that came to the same id in two sessions are one record of that id, the earliest."""
    one, two = a_chat("c1", "s1", 1, uuid="u1"), a_chat("c1", "s2", 2, uuid="u2")
    assert list(fold_lines(map(encode, [two, one]), "chats").records()) == [one]


def test_order_given_out() -> None:
    """Records come by time, then id; sessions by when they started."""
    lines = [a_chat("b", "s", 2, uuid="1"), a_chat("a", "s", 2, uuid="2"), a_chat("c", "s", 1, uuid="3")]
    assert [record["id"] for record in fold_lines(map(encode, lines), "chats").records()] == ["c", "a", "b"]
    starts = [{"id": "x", "started_at": "2"}, {"id": "y", "started_at": "1"}]
    assert [record["id"] for record in fold_lines(map(encode, starts), "sessions").records()] == ["y", "x"]


@given(cuts=st.lists(st.integers(0, 1), min_size=8, max_size=8), seed=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_parts_fold_in_themselves(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], seed: random.Random
) -> None:
    """Closing parts wherever one likes, which folds each in itself, does not change what the whole folds to."""
    layout = a_layout(tmp_path_factory.mktemp("store"))
    records = [
        a_chat(f"c{seed.randint(0, 2)}", f"s{seed.randint(0, 1)}", seed.randint(0, 3), uuid=seed.choice("uv"), rev=rev)
        for rev in range(8)
    ]
    for record, cut in zip(records, cuts, strict=True):
        for stream in ("chats", "sessions"):
            spool.append(layout, [sealed(stream, record)])
        if cut:
            spool.close(layout)
    spool.close(layout)
    for stream in ("chats", "sessions"):
        assert fold(layout, stream).lines == fold_lines(map(encode, records), stream).lines


def test_all_streams_at_once(tmp_path: Path) -> None:
    """Folding all of them in one walk gives what folding each gives, unknown streams and damage included."""
    layout = a_layout(tmp_path)
    put_file(Path(layout.live, "20261120/150332Z-7f3a9c/chats.jsonl"), chat(1), b"torn", chat(1, updated_at="2027"))
    put_file(Path(layout.tracked, "chats.jsonl"), chat(2))
    put_file(Path(layout.tracked, "own.jsonl"), {"id": "x"}, b"\0")
    spool.append(layout, [sealed("sessions", {"id": "s"}), sealed("chats", chat(3))])
    folded = fold_all(layout)
    assert list(folded) == streams(layout)
    for name, one in folded.items():
        alone = fold(layout, name)
        assert (one.lines, one.damage) == (alone.lines, alone.damage)
    assert len(folded["chats"].lines) == 3 and folded["own"].damage
