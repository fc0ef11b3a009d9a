"""What every adapter must keep, whatever its agent's files look like. A test class of an adapter inherits ``Contract``.

The subclass gives fixtures: ``adapter``; ``root``, an empty folder that stands for the agent's own; ``sample``, the
bytes of a main file of many lines, with responses of several records, that ends with a newline; ``place``, which writes
bytes as a session below a folder and returns its path.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gitml.agents.base import Source
from gitml.model.events import KINDS, ORIGINS, STATUSES, USAGE_KEYS, SessionEvent
from gitml.model.times import normal

if TYPE_CHECKING:
    from gitml.agents.base import Adapter

Place = Callable[[Path, bytes], Path]


def whole(adapter: Adapter, source: Source) -> list[SessionEvent]:
    return [event for step in adapter.read(source, source.path) for event in step.events]


def in_pieces(adapter: Adapter, source: Source, every: int, checkpoint: bool) -> list[SessionEvent]:
    """Read with a new reader after every so many lines, from ``state`` or, one line earlier, from ``checkpoint``."""
    events: list[SessionEvent] = []
    offset, state = 0, None
    while True:
        reader = adapter.read(source, source.path, offset, state)
        for taken, step in enumerate(reader, 1):
            if taken > every and checkpoint:
                offset, state = step.offset, json.loads(json.dumps(reader.checkpoint()))
                break
            events += step.events
            if taken >= every and not checkpoint:
                offset, state = step.end, json.loads(json.dumps(reader.state()))
                break
        else:
            return events


class Contract:
    """The suite."""

    @pytest.fixture
    def session(self, adapter: Adapter, root: Path, place: Place, sample: bytes) -> Source:
        found = adapter.at(str(place(root, sample)), str(root))
        assert found is not None
        return found

    def test_events_survive_json(self, adapter: Adapter, session: Source) -> None:
        """An event written as JSON and read again is the same event."""
        for event in whole(adapter, session):
            assert SessionEvent.from_dict(json.loads(json.dumps(event.to_dict()))) == event

    def test_events_are_of_the_contract(self, adapter: Adapter, session: Source) -> None:
        """Kinds, origins, statuses, usage keys and timestamps are the documented ones, and seq counts from 0."""
        events = whole(adapter, session)
        assert [event.seq for event in events] == list(range(len(events)))
        for event in events:
            assert event.session_uid == session.uid and event.kind in KINDS
            assert event.timestamp == normal(event.timestamp)
            assert event.kind != "user" or event.payload["origin"] in ORIGINS
            assert event.kind != "tool_result" or event.payload["status"] in STATUSES
            assert tuple(event.payload.get("usage", dict.fromkeys(USAGE_KEYS))) == USAGE_KEYS

    def test_reading_twice_gives_the_same(self, adapter: Adapter, session: Source) -> None:
        """Nothing in an event comes from the clock, from chance or from an earlier reading."""
        assert whole(adapter, session) == whole(adapter, session)

    @pytest.mark.parametrize("checkpoint", [False, True])
    @pytest.mark.parametrize("every", [1, 2, 7])
    def test_pieces_equal_the_whole(self, adapter: Adapter, session: Source, every: int, checkpoint: bool) -> None:
        """Reading on from a stored state gives what one reading gives, event for event."""
        assert in_pieces(adapter, session, every, checkpoint) == whole(adapter, session)

    def test_every_line_is_a_step(self, adapter: Adapter, session: Source, sample: bytes) -> None:
        """Steps cover the file without a gap, one a line."""
        steps = list(adapter.read(session, session.path))
        assert [step.offset for step in steps] == [0, *(step.end for step in steps[:-1])]
        assert steps[-1].end == len(sample) and len(steps) == sample.count(b"\n")

    def test_state_is_bounded_and_holds_no_text(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes
    ) -> None:
        """A state is small, and what was said is not in it."""
        session = adapter.at(str(place(root, sample)), str(root))
        assert session is not None
        reader = adapter.read(session, session.path)
        texts = [event.payload["text"] for step in reader for event in step.events if "text" in event.payload]
        state = json.dumps([reader.state(), reader.checkpoint()])
        assert len(state) < 200_000
        assert not [text for text in texts if len(text) > 12 and json.dumps(text)[1:-1] in state]

    @pytest.mark.parametrize(
        "damage",
        [b'{"type":"us', b"\xff\xfe\xfa", b'{"a":"\x00"}', b"[" * 100_000, b"nonsense", b'{"n":' + b"9" * 5000 + b"}"],
        ids=["cut", "not utf-8", "nul", "deep", "no json", "huge number"],
    )
    def test_damage_costs_its_own_line_alone(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, damage: bytes
    ) -> None:
        """A line that cannot be read is a step without events, is listed with its place, and harms no other line."""
        lines = sample.splitlines(keepends=True) if b"\r" not in sample else sample.split(b"\n")
        middle = len(lines) // 2
        before = b"".join(lines[:middle])
        session = adapter.at(str(place(root, sample)), str(root))
        assert session is not None
        expected = whole(adapter, session)
        place(root, before + damage + b"\n" + b"".join(lines[middle:]))
        reader = adapter.read(session, session.path)
        assert [event for step in reader for event in step.events] == expected
        assert [offset for offset, _ in reader.damage] == [len(before)]

    def test_a_cut_line_waits(self, adapter: Adapter, root: Path, place: Place, sample: bytes) -> None:
        """Wherever the end of a growing file cuts it, no event is lost, doubled or wrong once it has grown."""
        session = adapter.at(str(place(root, sample)), str(root))
        assert session is not None
        expected = whole(adapter, session)
        cuts = range(1, len(sample), max(1, len(sample) // 97))
        for cut in cuts:
            place(root, sample[:cut])
            reader = adapter.read(session, session.path)
            events, end = [], 0
            for step in reader:
                events += step.events
                end = step.end
            assert not reader.damage
            place(root, sample)
            rest = adapter.read(session, session.path, end, json.loads(json.dumps(reader.state())))
            assert events + [event for step in rest for event in step.events] == expected

    def test_unknown_records_make_nothing(self, adapter: Adapter, root: Path, place: Place, sample: bytes) -> None:
        """Types nobody has heard of, and values that are no records, change nothing."""
        session = adapter.at(str(place(root, sample)), str(root))
        assert session is not None
        expected = whole(adapter, session)
        odd: list[Any] = [
            {"type": "from-the-future", "uuid": 7},
            {"type": None},
            {"type": ["user"]},
            {},
            [],
            7,
            None,
            "x",
        ]
        place(root, b"".join(json.dumps(one).encode() + b"\n" for one in odd) + b"\n\n" + sample)
        reader = adapter.read(session, session.path)
        assert [event for step in reader for event in step.events] == expected and not reader.damage

    def test_usage_is_told_apart_by_response(self, adapter: Adapter, session: Source) -> None:
        """Every event with usage names its response, so that what is repeated on its records counts once."""
        paid = [event.payload for event in whole(adapter, session) if "usage" in event.payload]
        assert paid and all(payload["response"] for payload in paid)
        assert len({payload["response"] for payload in paid}) < len(paid)

    def test_nothing_outside_the_root(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, tmp_path: Path
    ) -> None:
        """Neither a path outside, nor a way out by dots, nor a link leads out of the root."""
        outside = tmp_path / "outside"
        outside.mkdir()
        path = place(outside, sample)
        inside = place(root, sample)
        link = inside.parent / f"linked{inside.suffix}"
        link.symlink_to(path)
        (root / "linked-folder").symlink_to(path.parent, target_is_directory=True)
        dots = root / ".." / path.relative_to(tmp_path)
        for way in (path, link, root / "linked-folder" / path.name, dots, Path(f"{inside}\0")):
            assert adapter.at(str(way), str(root)) is None
        assert adapter.locate(link.stem, str(root)) is None
        assert [found.path for found in adapter.discover(str(root))] == [str(inside.resolve())]
        session = adapter.at(str(inside), str(root))
        assert session is not None
        with pytest.raises(ValueError):
            adapter.read(session, str(path))

    @pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0b", ".hidden", "a" * 300, "*", "é"])
    def test_only_plain_names_are_ids(self, adapter: Adapter, root: Path, session: Source, name: str) -> None:
        """What is no plain name is the id of no session."""
        assert adapter.locate(name, str(root)) is None

    def test_found_in_every_way(self, adapter: Adapter, root: Path, session: Source) -> None:
        """By path, by id and by discovery it is the same session."""
        for found in (adapter.locate(session.session_id, str(root)), *adapter.discover(str(root))):
            assert found is not None
            assert (found.uid, found.path) == (session.uid, session.path)
        assert adapter.cwds(session)
