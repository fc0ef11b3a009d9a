"""Lines: blocks, cuts, damage, sizes, and reading on from anywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.adapter_contract import in_pieces, whole
from support.claude_files import SESSION, Record, Scribe, brief, put, said, source, to_bytes

from gitml.agents import lines as reading
from gitml.agents.claude.state import WINDOW
from gitml.agents.registry import adapter
from gitml.model import jsonl
from gitml.model.events import SessionEvent

CLAUDE = adapter("claude")
QUICK = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def taken(root: Path, data: bytes) -> tuple[list[SessionEvent], list[tuple[int, str]]]:
    """(events, damage) of a file with these bytes."""
    session = source(put(root, data), root)
    reader = CLAUDE.read(session, session.path)
    return [event for step in reader for event in step.events], reader.damage


def texts(root: Path, data: bytes) -> list[str]:
    return [event.payload["text"] for event in taken(root, data)[0]]


def test_only_a_newline_ends_a_line(tmp_path: Path) -> None:
    """U+2028, U+2029, U+0085, a lone carriage return's escape: all of them are text."""
    odd = "a\u2028b\u2029c\u0085d\x0be"
    assert texts(tmp_path, to_bytes([Scribe().user(odd)])) == [odd]


def test_tolerated(tmp_path: Path) -> None:
    """CRLF, a byte order mark and blank lines are no damage."""
    scribe = Scribe()
    data = b"\xef\xbb\xbf" + to_bytes([scribe.user("a"), b"", b"  ", scribe.user("b")]).replace(b"\n", b"\r\n")
    events, damage = taken(tmp_path, data)
    assert [event.payload["text"] for event in events] == ["a", "b"] and damage == []


def test_several_objects_on_a_line(tmp_path: Path) -> None:
    """Two records without a newline between are both read, in order, and are no damage."""
    scribe = Scribe()
    one, two, title = scribe.user("a"), scribe.user("b"), {"type": "summary", "summary": "c"}
    glued = b"".join(to_bytes([record]).strip() for record in (one, title)) + b" " + to_bytes([two])
    events, damage = taken(tmp_path, glued)
    assert [event.payload["text"] for event in events] == ["a", "c", "b"] and damage == []
    cheap = scribe.record("progress", data={"type": "hook_progress"})
    assert texts(tmp_path, to_bytes([cheap]).strip() + to_bytes([two])) == ["b"]


def test_what_stands_behind_a_crash(tmp_path: Path) -> None:
    """A record appended to one that a crash had cut is read, what was nested in the cut one is not."""
    scribe = Scribe()
    inner = {"type": "user", "uuid": "u", "message": {"content": "nested"}}
    cut = to_bytes([scribe.record("progress", data={"type": "agent_progress", "message": inner})])
    cut = cut[: cut.index(b"nested") + len('nested"}}')]
    events, damage = taken(tmp_path, cut + to_bytes([scribe.user("whole")]))
    assert [event.payload["text"] for event in events] == ["whole"] and damage == [(0, "not JSON")]
    assert taken(tmp_path, cut + b"\n") == ([], [(0, "not JSON")])


def test_cheap_lines_are_told_from_dear_ones(tmp_path: Path) -> None:
    """What looks like progress inside of what a model or a tool wrote is read all the same."""
    scribe = Scribe()
    look = {"type": "progress", "data": {"type": "bash_progress"}}
    compact = json.dumps(scribe.call("toolu_1", "Write", content=look), separators=(",", ":")).encode()
    quoted = json.dumps(scribe.user(json.dumps(look)), separators=(",", ":")).encode()
    progress = json.dumps(scribe.record("progress", data=look["data"]), separators=(",", ":")).encode()
    events, damage = taken(tmp_path, to_bytes([compact, progress, quoted, progress[:-3]]))
    assert brief(events) == [("tool_use", "Write"), ("user", "prompt")] and len(damage) == 1


def test_a_last_line_without_its_newline(tmp_path: Path) -> None:
    """It counts if it is whole, and is counted once when the newline comes; if it is cut, it waits."""
    data = to_bytes([Scribe().user("a"), Scribe().user("b", uuid="b")])
    session = source(put(tmp_path, data[:-1]), tmp_path)
    reader = CLAUDE.read(session, session.path)
    steps = list(reader)
    assert [len(step.events) for step in steps] == [1, 1] and steps[-1].end == len(data) - 1
    put(tmp_path, data)
    later = CLAUDE.read(session, session.path, steps[-1].end, reader.state())
    assert [step.events for step in later] == [[]] and later.damage == []
    for cut in (data[:-2], data[:-20], data + b"12", data + b"  "):
        put(tmp_path, cut)
        reader = CLAUDE.read(session, session.path)
        assert sum(len(step.events) for step in reader) == (1 if cut < data else 2)
        assert reader.damage == []


def test_lines_longer_than_a_block(tmp_path: Path) -> None:
    """Blocks cut lines anywhere: lengths around a block's, and many times it, come out whole."""
    scribe = Scribe()
    sizes = [reading.BLOCK + extra for extra in range(-400, 4, 67)] + [3 * reading.BLOCK, 1]
    assert [len(text) for text in texts(tmp_path, to_bytes([scribe.user("x" * size) for size in sizes]))] == sizes


def test_a_line_too_long_is_skipped_unread(tmp_path: Path) -> None:
    """It is damage, at its place, and the lines around it are read."""
    path = tmp_path / "f"
    path.write_bytes(b"one\n" + b"x" * (3 * reading.BLOCK) + b"\ntwo\n" + b"y" * 11 + b"\nz" * 2 + b"y" * 12)
    found = [(line.offset, line.data, line.cut) for line in reading.lines(str(path), 0, limit=10)]
    size = 3 * reading.BLOCK
    assert found == [
        (0, b"one", False),
        (4, None, False),
        (5 + size, b"two", False),
        (9 + size, None, False),
        (21 + size, b"z", False),
        (23 + size, None, True),
    ]


def test_a_line_over_the_limit_is_damage(tmp_path: Path) -> None:
    """A line over 64 MiB (a sparse file's hole here) is no event and no halt."""
    path = put(tmp_path, to_bytes([Scribe().user("a")]))
    start = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(start + jsonl.MAX_LINE + 1)
        file.seek(0, 2)
        file.write(b"\n" + to_bytes([Scribe().user("b", uuid="b")]))
    session = source(path, tmp_path)
    reader = CLAUDE.read(session, session.path)
    assert [event.payload["text"] for step in reader for event in step.events] == ["a", "b"]
    assert [offset for offset, _ in reader.damage] == [start]


def test_resuming_touches_the_tail_alone(tmp_path: Path) -> None:
    """Reading on at the end of a long file reads a block, not the file."""
    line = to_bytes([Scribe().user("x" * 1000)])
    data = line * (40 * reading.BLOCK // len(line))
    session = source(put(tmp_path, data + to_bytes([Scribe().user("new", uuid="n")])), tmp_path)
    before = _read_bytes()
    events = [event for step in CLAUDE.read(session, session.path, len(data), {}) for event in step.events]
    assert [event.payload["text"] for event in events] == ["new"]
    assert _read_bytes() - before < 2 * reading.BLOCK


def _read_bytes() -> int:
    """Bytes this process has read so far, as the kernel counts them."""
    io = Path("/proc/self/io")
    if not io.exists():
        pytest.skip("the kernel does not count what a process reads")
    return int(io.read_text().split()[1])


def test_an_offset_past_the_end(tmp_path: Path) -> None:
    """A file that has shrunk has nothing new."""
    session = source(put(tmp_path, to_bytes([Scribe().user("a")])), tmp_path)
    assert list(CLAUDE.read(session, session.path, 10**6)) == []


@pytest.mark.parametrize(
    "state",
    [{"seq": "x"}, {"seen": 7, "tools": [], "queue": {"a": 1}, "chains": 3}, {"tools": {"t": 7}, "queue": [7, None]}],
)
def test_a_damaged_state_is_an_empty_one(state: dict[str, Any], tmp_path: Path) -> None:
    """Whatever stands in a cursor, reading goes on."""
    session = source(put(tmp_path, to_bytes([Scribe().user("a")])), tmp_path)
    assert brief(event for step in CLAUDE.read(session, session.path, 0, state) for event in step.events) == [
        ("user", "prompt")
    ]


def test_memory_is_bounded(tmp_path: Path) -> None:
    """However long the file: a state of some 30 kB, from which reading goes on as if it had never stopped."""
    scribe = Scribe("1.0.60")
    records: list[Record] = []
    for number in range(1500):
        records.append(scribe.call(f"toolu_{number}", "Task", prompt=f"look {number}"))
        records.append(scribe.record("user", isSidechain=True, parentUuid=None, message={"content": f"look {number}"}))
        records.append({"type": "queue-operation", "operation": "enqueue", "content": f"later {number}"})
    session = source(put(tmp_path, to_bytes(records)), tmp_path)
    reader = CLAUDE.read(session, session.path)
    events = whole(CLAUDE, session)
    assert len(list(reader)) == len(records) > 2 * WINDOW
    assert len(json.dumps(reader.state())) < 120_000
    assert [event.payload["parent_tool_id"] for event in events if event.kind == "user"] == [
        f"toolu_{n}" for n in range(1500)
    ]
    assert in_pieces(CLAUDE, session, 1100, True) == in_pieces(CLAUDE, session, 900, False) == events


def pool() -> list[Record | bytes]:
    """Lines of every kind that the memory depends on; their order is the test's."""
    scribe = Scribe("2.1.38")
    operations = [
        {
            "type": "queue-operation",
            "operation": name,
            "sessionId": SESSION,
            "content": f"later {name}",
            "timestamp": "2026-03-01T10:00:00.000Z",
        }
        for name in ("enqueue", "enqueue", "remove", "dequeue", "popAll")
    ]
    call = scribe.call("toolu_1", "Task", prompt="look", subagent_type="Explore")
    root = scribe.record("user", isSidechain=True, parentUuid=None, message={"content": "look"})
    child = scribe.assistant(said("seen"), isSidechain=True, parentUuid=root["uuid"])
    return [
        *operations,
        call,
        root,
        child,
        scribe.user("go"),
        scribe.result("toolu_1", "agentId: a1"),
        scribe.call("toolu_2", "Bash", command="git commit -m x"),
        scribe.result("toolu_2", "[main abcdef1] x"),
        scribe.record("system", subtype="compact_boundary"),
        scribe.user("so far", isCompactSummary=True),
        scribe.record(
            "attachment", attachment={"type": "queued_command", "prompt": "later enqueue"}, version="2.1.100"
        ),
        scribe.user("newer", version="2.1.200"),
        b"",
        b"{broken",
        to_bytes([root]).strip() + to_bytes([call]).strip(),
    ]


LINES = [to_bytes([line]) for line in pool()]


@QUICK
@given(order=st.lists(st.sampled_from(LINES), max_size=30), every=st.integers(1, 9), checkpoint=st.booleans())
def test_any_pieces_equal_the_whole(tmp_path: Path, order: list[bytes], every: int, checkpoint: bool) -> None:
    """Whatever the lines and wherever reading stops and goes on, the events are those of one reading."""
    session = source(put(tmp_path, b"".join(order)), tmp_path)
    assert in_pieces(CLAUDE, session, every, checkpoint) == whole(CLAUDE, session)


@QUICK
@given(
    data=st.lists(st.one_of(st.sampled_from(LINES), st.binary(max_size=40)), max_size=12).map(b"".join),
    cut=st.integers(0, 10**6),
)
def test_any_growth_equals_the_whole(tmp_path: Path, data: bytes, cut: int) -> None:
    """Whatever bytes, read once before and once after the file grew: what is new is what the whole has more."""
    cut %= len(data) + 1
    session = source(put(tmp_path, data[:cut]), tmp_path)
    reader = CLAUDE.read(session, session.path)
    steps = list(reader)
    end = steps[-1].end if steps else 0
    put(tmp_path, data)
    later = CLAUDE.read(session, session.path, end, json.loads(json.dumps(reader.state())))
    events = [event for step in (*steps, *later) for event in step.events]
    if not steps or data[:end].endswith(b"\n") or data[end : end + 1] in (b"\n", b""):
        assert events == whole(CLAUDE, session)
