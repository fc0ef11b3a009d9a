"""What a pattern can cost ``re`` at one position of a text: ways to try, counted from the pattern alone.

A pattern passes where that number is small whatever the text: then a search is linear. Repeats without an end pass only
as the last thing of a pattern, where the first try is the match and nothing is ever tried again.
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST = 512
"""Ways, and characters at the least: a repeat of {1,60} and one of {1,8}. The worst text then runs at some 1 MB/s."""

_ONE = ("LITERAL", "NOT_LITERAL", "ANY", "IN")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


class TooDear(Exception):
    """The pattern may take more than linear time; the text says what in it."""


def steps(pattern: str) -> int:
    """The most ways there are to try at one position. Raises TooDear beyond MOST; re.error for what is no pattern."""
    parser: Any = re._parser  # type: ignore[attr-defined]  # the one way to see a pattern's structure
    parsed = parser.parse(pattern, re.ASCII)
    if parsed.getwidth()[0] > MOST:
        raise TooDear(f"fits only what is longer than {MOST} characters")
    return _sequence(list(parsed), last=True)


def _sequence(items: "list[Any]", last: bool) -> int:
    """Ways multiply along a sequence."""
    ways = 1
    for index, (kind, what) in enumerate(items):
        ways = _bounded(ways * _item(str(kind), what, last and index == len(items) - 1))
    return ways


def _item(kind: str, what: "Any", last: bool) -> int:
    if kind in _ONE or kind == "AT":
        return 1
    if kind == "BRANCH":
        return _bounded(sum(_sequence(list(branch), last) for branch in what[1]))
    if kind == "SUBPATTERN":
        return _sequence(list(what[3]), last)
    if kind in _REPEATS:
        return _repeat(int(what[0]), int(what[1]), list(what[2]), last)
    raise TooDear(f"uses {kind.lower().replace('_', ' ')}")


def _repeat(least: int, most: int, body: "list[Any]", last: bool) -> int:
    """The ways of the body multiply with each time it may be repeated; how often it is adds to them."""
    ways = _sequence(body, last=False)
    if last and _leads_nowhere_back(body):
        return 1
    if most > MOST:
        raise TooDear("has a repeat without an end before its end; say {1,60} for + there")
    return _bounded(ways**most * (most - least + 1))


def _leads_nowhere_back(body: "list[Any]") -> bool:
    return len(body) == 1 and str(body[0][0]) in _ONE


def _bounded(ways: int) -> int:
    if ways > MOST:
        raise TooDear(f"can be tried in more than {MOST} ways at one place")
    return ways
