"""The fold's rules over more records than memory holds, one sort a rule. ``winners`` has the rules themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from gitml.model.streams import COPY_KEY, EARLIEST
from gitml.store.entries import COPY, DERIVER, ID, LINE, NEVER, REDACTED, REV, SESSION, TIME, UPDATED
from gitml.store.sorting import Sorter

Fields = list[bytes]
Choice = Callable[[Iterator[Fields]], Fields]

RANK = (UPDATED, DERIVER, REV, REDACTED, LINE)
AGE = (TIME, SESSION, ID, LINE)


class Rule:
    """Of the records that agree in ``group``, the ``first`` or last in the order of ``by``. Records that have nothing
    at the place ``needs`` are not meant."""

    __slots__ = ("by", "choice", "group", "needs")

    def __init__(self, group: tuple[int, ...], by: tuple[int, ...], needs: int, choice: Choice) -> None:
        self.group = group
        self.by = by
        self.needs = needs
        self.choice = choice


def rules(stream: str) -> list[Rule]:
    """The stream's rules, in turn."""
    if stream in EARLIEST:
        return [Rule((ID,), (TIME, *RANK), ID, _last_of_first_time)]
    if stream not in COPY_KEY:
        return [Rule((ID,), RANK, ID, _last)]
    newest, earliest = Rule((SESSION, ID), RANK, ID, _last), Rule((ID,), AGE, ID, _first)
    if COPY_KEY[stream] == "id":
        return [newest, earliest]
    return [newest, Rule((SESSION, COPY), RANK, COPY, _last), Rule((COPY,), AGE, COPY, _first), earliest]


def settle(stream: str, records: Iterable[Fields], folder: str, limit: int) -> Iterator[Fields]:
    """What the rules leave of the records. Each rule holds about ``limit`` bytes in memory; two are at work at once."""
    if stream in EARLIEST:  # there, one without a time is never the earliest
        records = _with_time(records, b"", NEVER)
    for rule in rules(stream):
        records = _by_rule(rule, records, folder, limit)
    return iter(_with_time(records, NEVER, b"")) if stream in EARLIEST else iter(records)


def _by_rule(rule: Rule, records: Iterable[Fields], folder: str, limit: int) -> Iterator[Fields]:
    first = (*rule.group, *(place for place in rule.by if place not in rule.group))
    order = (*first, *(place for place in range(LINE + 1) if place not in first))
    back = [order.index(place) for place in range(LINE + 1)]
    sorter = Sorter(folder, limit)
    try:
        for record in records:
            if record[rule.needs]:
                sorter.add(b"\0".join([record[place] for place in order]))
            else:
                yield record
        for _, group in groupby((entry.split(b"\0") for entry in sorter), lambda entry: entry[: len(rule.group)]):
            yield rule.choice([entry[place] for place in back] for entry in group)
    finally:
        sorter.close()


def _with_time(records: Iterable[Fields], old: bytes, new: bytes) -> Iterator[Fields]:
    for record in records:
        yield [new, *record[1:]] if record[TIME] == old else record


def _first(group: Iterator[Fields]) -> Fields:
    return next(group)


def _last(group: Iterator[Fields]) -> Fields:
    *_, last = group
    return last


def _last_of_first_time(group: Iterator[Fields]) -> Fields:
    chosen = next(group)
    for record in group:
        if record[TIME] != chosen[TIME]:
            break
        chosen = record
    return chosen
