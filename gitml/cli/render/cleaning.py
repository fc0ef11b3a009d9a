"""What ``gitml clean`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitml.cli.render.table import render
from gitml.cli.render.text import count, fit, moment, one_line, pad, size
from gitml.ops.cleaning.ages import words

if TYPE_CHECKING:
    from gitml.ops.cleaning.clean import Looked
    from gitml.ops.cleaning.history import Cleaning
    from gitml.ops.cleaning.item import Item

WIDEST = 200
"""Columns of a name in a line of ``-v``, and of a reason: a path may be 4 kB long, and the reason behind it is what one
looks for."""

Row = dict[str, int]


def planned(looked: list[Looked], columns: int, *, named: bool, verbose: bool) -> Iterator[str]:
    """The plan: a table a repository, with ``verbose`` each thing; ``named``: which repository it is."""
    for each in looked:
        if named:
            yield one_line(each.site.name)
        if each.plan is None:
            continue
        rows = {kind: each.row(kind) for kind in each.plan.before}
        yield from _table(rows, ["type", "takes", "goes", "frees"], _plan_cells, columns, "  " * named)
        if verbose:
            yield from (f"{'  ' * named}{_line(item)}" for item in each.plan.items)


def carried_out(looked: list[Looked], columns: int, *, named: bool, verbose: bool) -> Iterator[str]:
    """What was reclaimed, before and after."""
    for each in looked:
        if each.plan is None or each.done is None or not (each.done.gone or each.done.failures):
            continue
        if named:
            yield one_line(each.site.name)
        rows = {kind: row for kind in each.plan.before if (row := each.row(kind))["bytes_before"] or row["removed"]}
        header = ["type", "before", "after", "removed", "reclaimed"]
        yield from _table(rows, header, _done_cells, columns, "  " * named)
        if verbose:
            yield from (f"{'  ' * named}{_line(item, 'removed')}" for item in each.done.gone)


def asked(looked: list[Looked]) -> str:
    """The question."""
    going = [item for each in looked if each.plan is not None for item in each.plan.going]
    several = sum(each.going > 0 for each in looked)
    where = f" in {several} repositories" if several > 1 else ""
    return f"Delete {count(len(going), 'thing')}, {size(sum(item.bytes for item in going))}{where}, for good?"


def told(history: list[Cleaning], *, verbose: bool) -> Iterator[str]:
    """Earlier cleanings, the oldest first."""
    for each in history:
        freed = size(sum(int(line["bytes"]) for line in each.removed))
        ended = "" if each.ended else "; cut off, so the last of it may still be there"
        line = f"{moment(each.timestamp)}  {count(len(each.removed), 'thing')}, {freed}  {one_line(each.by)}{ended}"
        yield line
        for removed in each.removed if verbose else ():
            kind = str(removed["what"]).removeprefix("clean.")
            yield f"  {kind:9}  {size(removed['bytes']):>8}  {_because(removed['path'], removed['why'])}"
        for failed in each.failed:
            yield f"  failed: {_because(failed['path'], failed['failed'])}"


def _table(rows: dict[str, Row], header: list[str], cells: Any, columns: int, indent: str) -> Iterator[str]:
    body = [[kind, *cells(row)] for kind, row in rows.items()]
    if len(rows) > 1:
        names = next(iter(rows.values())).keys()
        body.append(["together", *cells({name: sum(row[name] for row in rows.values()) for name in names})])
    if body:
        yield from (indent + line for line in render(header, body, columns - len(indent), frozenset(header[1:])))


def _plan_cells(row: Row) -> list[str]:
    return [size(row["bytes_before"]), f"{row['removed']:,} of {row['items']:,}", size(row["bytes_freed"])]


def _done_cells(row: Row) -> list[str]:
    freed = size(row["bytes_freed"])
    return [size(row["bytes_before"]), size(row["bytes_after"]), f"{row['removed']:,}", freed]


def _line(item: Item, word: str = "") -> str:
    age = f"{words(item.age):>4}"
    verb = word or ("remove" if item.goes else "keep")
    shown = one_line(item.subject)
    where = "" if shown in item.path else f" ({item.path})"
    name = _because(f"{item.subject}{where}", item.why)
    return f"{verb:7}  {pad(item.kind, 9)}  {size(item.bytes):>8}  {age}  {name}"


def _because(name: str, why: str) -> str:
    return f"{fit(one_line(name), WIDEST)}: {fit(one_line(why), WIDEST)}"
