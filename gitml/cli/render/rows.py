"""Sessions as rows of a table."""

from __future__ import annotations

from typing import Any

from gitml.cli.render.table import UNLIMITED
from gitml.cli.render.text import duration, fit, moment, money, one_line, short_number, width

HEADER = ["session", "agent", "started", "took", "chats", "commits", "tokens", "cost", "branch", "summary"]
RIGHT = frozenset({"took", "chats", "commits", "tokens", "cost"})
LEAST = 20
"""Columns the summary has before others give way to it, and the most a branch takes."""

GIVE_WAY = ("took", "started", "branch", "agent", "commits", "cost", "chats", "tokens")
"""In this order. The day of the start is in the session's id."""


def table(rows: list[dict[str, Any]], columns: int) -> tuple[list[str], list[list[str]]]:
    """Header and cells of ``ops.sessions.overview``'s rows; on a narrow terminal with fewer columns."""
    all_cells = [_cells(row) for row in rows]
    if columns < UNLIMITED:
        all_cells = [{**cells, "branch": fit(cells["branch"], LEAST)} for cells in all_cells]
    widths = {
        name: max(width(cells[name]) for cells in [{name: name for name in HEADER}, *all_cells]) for name in HEADER
    }
    idle = {"cost"} if all(row["cost"] is None for row in rows) else set()
    idle |= {"agent"} if len({row["agent"] for row in rows}) == 1 else set()
    header = [name for name in HEADER if name not in idle]
    widths["summary"] = min(widths["summary"], LEAST)
    for name in GIVE_WAY:
        if sum(widths[kept] + 2 for kept in header) - 2 > columns and name in header:
            header.remove(name)
    return header, [[cells[name] for name in header] for cells in all_cells]


def _cells(row: dict[str, Any]) -> dict[str, str]:
    tokens = ("≥" if row["usage_lower_bound"] else "") + short_number(row["tokens"]) if row["tokens"] else ""
    return {
        "session": one_line(row["id"]),
        "agent": one_line(row["agent"]),
        "started": moment(row["started_at"]),
        "took": duration(row["duration_ms"]),
        "chats": str(row["chats"]),
        "commits": str(len(row["commits"])) if row["commits"] else "",
        "tokens": tokens,
        "cost": money(row["cost"]),
        "branch": one_line(row["branch"]),
        "summary": one_line(row["summary"]),
    }
