"""What holds besides where a transcript is JSONL: a damaged line costs itself alone, a cut one waits."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitml.agents.contract.laws import Contract, Place, are_of_the_contract, in_pieces, opened, whole

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source

DAMAGE = {
    "cut": b'{"type":"us',
    "not utf-8": b"\xff\xfe\xfa",
    "nul": b'{"a":"\x00"}',
    "deep": b"[" * 100_000,
    "no json": b"nonsense",
    "huge number": b'{"n":' + b"9" * 5000 + b"}",
}
UNKNOWN: list[Any] = [
    {"type": "from-the-future", "uuid": 7}, {"type": None}, {"type": ["user"]}, {}, [], 7, None, "x",
]  # fmt: skip
ODD: list[Any] = [None, True, -1, 1.5, 2**70, "", "x", "9", [], [1, None], {}, {"a": []}]
CUTS = 97
EXAMPLES = 25
FOR_ALL = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
    ],
)
"""Each example overwrites the same file. Several adapters' classes inherit one test: their examples are not kept."""


class LinesContract(Contract):
    """``sample`` ends with a newline."""

    def test_every_line_is_a_step(self, adapter: Adapter, session: Source, sample: bytes) -> None:
        """One step a line, whatever stands on it."""
        assert len(list(adapter.read(session, session.path))) == sample.count(b"\n")

    @pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
    def test_damage_costs_its_own_line_alone(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, damage: bytes
    ) -> None:
        """A line that cannot be read is a step without events, is listed with its place, and harms no other line."""
        lines = _lines(sample)
        before = b"".join(lines[: len(lines) // 2])
        session = opened(adapter, root, place, sample)
        expected = whole(adapter, session)
        place(root, before + damage + b"\n" + sample[len(before) :])
        reader = adapter.read(session, session.path)
        assert [event for step in reader for event in step.events] == expected
        assert [offset for offset, _ in reader.damage] == [len(before)]

    @FOR_ALL
    @given(data=st.data())
    def test_any_damage_costs_its_own_lines_alone(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, data: st.DataObject
    ) -> None:
        """Wherever and however many lines of garbage come between, every other line makes what it made."""
        session = opened(adapter, root, place, sample)
        expected = whole(adapter, session)
        lines, bad = [*_lines(sample)], 0
        garbage = st.binary(min_size=1, max_size=40).filter(lambda one: b"\n" not in one)
        for one in data.draw(st.lists(garbage, max_size=5)):
            lines.insert(data.draw(st.integers(0, len(lines))), b"\xff" + one + b"\n")
            bad += 1
        place(root, b"".join(lines))
        reader = adapter.read(session, session.path)
        assert [event for step in reader for event in step.events] == expected
        assert len(reader.damage) == bad

    @FOR_ALL
    @given(data=st.data())
    def test_overwritten_bytes_are_survived(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, data: st.DataObject
    ) -> None:
        """Whatever bytes stand in the file, reading ends, makes what the contract allows, and in pieces the same."""
        session = opened(adapter, root, place, sample)
        broken = bytearray(sample)
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(broken) - 1))
            broken[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=30))
        place(root, bytes(broken))
        events = whole(adapter, session)
        are_of_the_contract(events, session)
        assert in_pieces(adapter, session, 3, checkpoint=False) == events

    @FOR_ALL
    @given(data=st.data())
    def test_values_of_any_type_are_survived(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, data: st.DataObject
    ) -> None:
        """A key may hold anything by tomorrow: what is made of such a record is of the contract."""
        session = opened(adapter, root, place, sample)
        lines = [json.loads(line) for line in _lines(sample) if line.strip()]
        for _ in range(data.draw(st.integers(1, 6))):
            _replaced(lines[data.draw(st.integers(0, len(lines) - 1))], data)
        place(root, b"".join(json.dumps(one).encode() + b"\n" for one in lines))
        are_of_the_contract(whole(adapter, session), session)

    def test_a_cut_line_waits(self, adapter: Adapter, root: Path, place: Place, sample: bytes) -> None:
        """Wherever the end of a growing file cuts it, no event is lost, doubled or wrong once it has grown."""
        session = opened(adapter, root, place, sample)
        expected = whole(adapter, session)
        for cut in range(1, len(sample), max(1, len(sample) // CUTS)):
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
        session = opened(adapter, root, place, sample)
        expected = whole(adapter, session)
        place(root, b"".join(json.dumps(one).encode() + b"\n" for one in UNKNOWN) + b"\n\n" + sample)
        reader = adapter.read(session, session.path)
        assert [event for step in reader for event in step.events] == expected and not reader.damage


def _lines(sample: bytes) -> list[bytes]:
    """Split on newlines alone."""
    return [line + b"\n" for line in sample.split(b"\n")[:-1]]


def _replaced(value: Any, data: st.DataObject) -> None:
    """Some value in there is another one now."""
    while True:
        keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(value[key], dict | list) or data.draw(st.booleans()):
            value[key] = deepcopy(data.draw(st.sampled_from(ODD)))
            return
        value = value[key]
