"""Whether a record fits its stream's schema: the part of JSON Schema that ours use, compiled to closures.

``jsonschema`` takes 1 ms a record; verifying a million must not take a quarter of an hour, nor need an extra. A test
compares both on every record there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from gitml.model.streams import STREAMS


class Misfit(NamedTuple):
    """``what`` is wrong; ``grave`` where a reader would stumble: a wrong type, or no id."""

    what: str
    grave: bool


Test = Callable[[Any], "Misfit | None"]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "null": (type(None),), "boolean": (bool,), "array": (list,), "object": (dict,),
    "integer": (int,), "number": (int, float),
}  # fmt: skip
_KNOWN = frozenset(
    "$schema title description type required properties additionalProperties $defs $ref anyOf items enum pattern "
    "minLength minimum format".split()
)


@cache
def checker(stream: str) -> Test | None:
    """The test of a stream's records; None for a stream that gitml does not know."""
    if stream not in STREAMS:
        return None
    text = (resources.files("gitml") / "schemas" / f"{stream}.json").read_text("utf-8")
    schema = json.loads(text)
    return compiled(schema, schema.get("$defs", {}))


@cache
def tests_of(stream: str) -> dict[str, Test]:
    """The test of each key of a stream that gitml knows."""
    text = (resources.files("gitml") / "schemas" / f"{stream}.json").read_text("utf-8")
    schema = json.loads(text)
    return {key: compiled(inner, schema.get("$defs", {})) for key, inner in schema["properties"].items()}


def compiled(schema: dict[str, Any], definitions: dict[str, Any]) -> Test:
    """A test that says the first misfit of a value, or None. Raises ValueError for a keyword it does not know."""
    unknown = set(schema) - _KNOWN
    if schema.get("additionalProperties") is False:
        unknown.add("additionalProperties: false")
    if unknown:
        raise ValueError(f"keywords of JSON Schema that are not checked: {sorted(unknown)}")
    if "$ref" in schema:
        return compiled(definitions[schema["$ref"].removeprefix("#/$defs/")], definitions)
    tests = [make(schema, definitions) for name, make in _MAKERS if schema.get(name, True) is not True]
    return tests[0] if len(tests) == 1 else _all(tests)


def _all(tests: list[Test]) -> Test:
    def test(value: Any) -> Misfit | None:
        for one in tests:
            misfit = one(value)
            if misfit is not None:
                return misfit
        return None

    return test


def _type(schema: dict[str, Any], _: dict[str, Any]) -> Test:
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    types = frozenset(kind for name in names for kind in _TYPES[name])
    misfit = Misfit(f"is no {' or '.join(names)}", True)
    return lambda value: None if type(value) in types or _whole(value, types) else misfit


def _whole(value: Any, types: frozenset[type]) -> bool:
    """1.0 is an integer to JSON Schema."""
    return int in types and type(value) is float and value.is_integer()


def _properties(schema: dict[str, Any], definitions: dict[str, Any]) -> Test:
    tests = {name: compiled(inner, definitions) for name, inner in schema["properties"].items()}
    required = schema.get("required", [])

    def test(value: Any) -> Misfit | None:
        for name in required:
            if name not in value:
                return Misfit(f"has no {name!r}", name == "id")
        for name, member in value.items():
            inner = tests.get(name)
            misfit = inner(member) if inner is not None else None
            if misfit is not None:
                return Misfit(f"{name!r} {misfit.what}", misfit.grave)
        return None

    return test


def _more(schema: dict[str, Any], definitions: dict[str, Any]) -> Test:
    inner, named = compiled(schema["additionalProperties"], definitions), frozenset(schema.get("properties", ()))

    def test(value: Any) -> Misfit | None:
        for name, member in value.items() if type(value) is dict else ():
            misfit = inner(member) if name not in named else None
            if misfit is not None:
                return Misfit(f"{name!r} {misfit.what}", misfit.grave)
        return None

    return test


def _items(schema: dict[str, Any], definitions: dict[str, Any]) -> Test:
    inner = compiled(schema["items"], definitions)

    def test(value: Any) -> Misfit | None:
        if type(value) is not list:
            return None
        for member in value:
            misfit = inner(member)
            if misfit is not None:
                return Misfit(f"has a member that {misfit.what}", misfit.grave)
        return None

    return test


def _any(schema: dict[str, Any], definitions: dict[str, Any]) -> Test:
    tests = [compiled(one, definitions) for one in schema["anyOf"]]

    def test(value: Any) -> Misfit | None:
        misfit = None
        for one in tests:
            misfit = one(value)
            if misfit is None:
                return None
        return misfit

    return test


def _enum(schema: dict[str, Any], _: dict[str, Any]) -> Test:
    values = schema["enum"]
    return lambda value: None if value in values else Misfit(f"is none of {', '.join(map(str, values))}", False)


def _pattern(schema: dict[str, Any], _: dict[str, Any]) -> Test:
    search = re.compile(schema["pattern"]).search
    misfit = Misfit(f"does not look like {schema['pattern']}", False)
    return lambda value: misfit if type(value) is str and not search(value) else None


def _length(schema: dict[str, Any], _: dict[str, Any]) -> Test:
    least = schema["minLength"]
    return lambda value: Misfit("is empty", False) if type(value) is str and len(value) < least else None


def _minimum(schema: dict[str, Any], _: dict[str, Any]) -> Test:
    least, misfit = schema["minimum"], Misfit(f"is below {schema['minimum']}", False)
    return lambda value: misfit if type(value) in (int, float) and value < least else None


_MAKERS: tuple[tuple[str, Callable[[dict[str, Any], dict[str, Any]], Test]], ...] = (
    ("type", _type), ("enum", _enum), ("pattern", _pattern), ("minLength", _length), ("minimum", _minimum),
    ("properties", _properties), ("additionalProperties", _more), ("items", _items), ("anyOf", _any),
)  # fmt: skip
"""In this order: the type comes first, for the others take it for granted."""
