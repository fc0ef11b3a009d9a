"""The checker of ``gitml verify`` against the ``jsonschema`` package: one judgement on any record of any stream."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gitml.model.streams import STREAMS
from gitml.ops.verifying.schema import checker, compiled

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text()
SHOWN = re.findall(r"^```json (\w+)\n(.*?)\n```$", PAGE, re.MULTILINE)
EXAMPLES = {stream: json.loads(text) for stream, text in SHOWN}
ODD: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, -0.5, 1.5, 2**70, "", "x", "complete", "raw", "5e1c0d7", "\u0661" * 40, [],
    [None], ["x"], [1], [{}], [[]], {}, {"input": 1}, {"input": "1"}, {"a": {"b": None}}, "2026-11-20T15:03:32.000Z",
    "2026-11-20T15:03:32.000Z\n", "2026-11-20",
]  # fmt: skip
Place = tuple[str | int, ...]


@cache
def schema(stream: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((resources.files("gitml") / "schemas" / f"{stream}.json").read_text("utf-8"))
    return found


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every member of a value, at any depth."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in inside:
        yield (*above, key)
        yield from places(member, (*above, key))


def changed(value: Any, place: Place, new: Any) -> Any:
    """A copy with something else at a place; ``...``: with nothing there."""
    made = copy.deepcopy(value)
    inside = made
    for key in place[:-1]:
        inside = inside[key]
    if new is ...:
        del inside[place[-1]]
    else:
        inside[place[-1]] = new
    return made


def agree(stream: str, record: Any) -> None:
    fits = checker(stream)
    assert fits is not None
    misfit = fits(record)
    errors = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema(stream)).iter_errors(record)
    ]
    assert (misfit is None) == (errors == []), (misfit, errors)


@pytest.mark.parametrize("stream", STREAMS)
def test_each_member_in_turn(stream: str) -> None:
    """Any member taken away, at any depth; any member, there or not, with any kind of value."""
    example = EXAMPLES[stream]
    there = list(places(example))
    for place in [*there, *((name,) for name in schema(stream)["properties"] if name not in example)]:
        for new in ODD if place not in there else (..., *ODD):
            agree(stream, changed(example, place, new))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), stream=st.sampled_from(STREAMS))
def test_any_record(data: st.DataObject, stream: str) -> None:
    """Several members changed at once, keys that nobody knows, and values that are no record at all."""
    record: Any = EXAMPLES[stream]
    names = st.sampled_from(sorted(schema(stream)["properties"])) | st.text(max_size=5)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.sampled_from(list(places(record))) | st.tuples(names)) if record else (data.draw(names),)
        record = changed(record, place, data.draw(st.sampled_from(ODD) | JSON))
    agree(stream, record)
    agree(stream, data.draw(JSON))


def test_a_keyword_it_does_not_know() -> None:
    """A schema that asks for more than the checker can is refused, not passed over."""
    for more in ({"maxLength": 3}, {"additionalProperties": False}):
        with pytest.raises(ValueError, match="not checked"):
            compiled({"type": "object", **more}, {})
